package ai.rails.command.gate;

import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

import ai.rails.command.access.NotedReads;
import ai.rails.command.http.Writes;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Everything that people decide about gates with, from its parts.
public final class Approvals {
  private final GateApi decisions;
  private final Signing signing;
  private final DelegationApi delegations;
  private final ApproverLoad load;
  private final PasskeyApi passkeys;

  /// @param twoPersons whether a passkey counts only once an administrator has accepted it
  public Approvals(
      Settings settings,
      Writes writes,
      Gates gates,
      Database database,
      ApproverLoad load,
      InstantSource clock,
      boolean twoPersons) {
    RelyingParty party = RelyingParty.of(settings);
    Ceremonies ceremonies = new Ceremonies(party);
    this.load = load;
    signing = new Signing(writes, database, party, ceremonies, clock);
    delegations = new DelegationApi(writes, gates, database, clock);
    decisions = new GateApi(writes, gates, signing, delegations, load);
    passkeys = new PasskeyApi(writes, database, party, ceremonies, twoPersons);
  }

  /// @param reads notes who reads what; passkeys and delegations are of people
  public List<Route> routes(NotedReads reads) {
    return Stream.of(
            decisions.routes(),
            signing.routes(),
            reads.of(delegations.routes()),
            reads.of(load.routes()),
            reads.of(passkeys.routes()))
        .flatMap(List::stream)
        .toList();
  }
}
