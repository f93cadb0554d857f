package ai.rails.command.policy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.policy.ShadowRows.Entry;
import ai.rails.command.policy.ShadowRows.Shadow;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.PolicyBundleCommand.NoteSimulation;
import ai.rails.domain.policy.PolicyBundleEvent.PolicySimulated;
import ai.rails.platform.http.Problem;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.opa.Bundles;
import ai.rails.platform.opa.ReplayOpa;
import ai.rails.platform.opa.ReplayOpa.Said;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.EventCodec;

/// Asks candidates about live traffic: each decision that is recorded is asked again of an OPA of
/// the candidate's own, seconds later and out of the way of whoever waits for it. What it says is
/// kept beside and enforced nowhere; what was not asked yet is asked after a restart. One thread
/// follows.
final class Shadows implements AutoCloseable {
  /// Each is a process of its own.
  private static final int MOST = 8;

  private static final int MOST_IN_CELL = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Shadows.class);
  private static final Actor ITSELF = new Actor(Actor.Kind.SERVICE, "command-services");

  private final Path opa;
  private final Database database;
  private final BundleStore contents;
  private final CommandBus bus;
  private final Supplier<UUID> ids;
  private final EventCodec codec = new EventCodec();
  private final Map<String, ReplayOpa> open = new ConcurrentHashMap<>();

  /// @param opa OPA's binary
  /// @param ids gives UUIDs of version 7
  Shadows(Path opa, Database database, BundleStore contents, CommandBus bus, Supplier<UUID> ids) {
    this.opa = opa;
    this.database = database;
    this.contents = contents;
    this.bus = bus;
    this.ids = ids;
  }

  /// Follows every open shadow as far as there is something, each a page at a time, so that a busy
  /// tenant keeps none waiting; ends those whose time is over.
  void look() {
    List<Shadow> behind = all();
    while (!behind.isEmpty()) {
      behind = behind.stream().filter(this::followed).toList();
    }
  }

  private List<Shadow> all() {
    return contents.tenants().stream()
        .flatMap(each ->
            database.inTenant(each.tenant(), c -> ShadowRows.open(c, each.tenant())).stream())
        .toList();
  }

  /// @throws ai.rails.platform.http.Problem with 409 if the tenant, or the cell, has as many as it
  ///   may
  void requirePlace(String tenant) {
    List<Shadow> all = all();
    if (all.stream().filter(each -> each.tenant().equals(tenant)).count() >= MOST) {
      throw new Problem(
          409, "TOO_MANY_SHADOWS", "%s shadows are open; end one of them".formatted(MOST));
    }
    if (all.size() >= MOST_IN_CELL) {
      throw new Problem(
          409, "TOO_MANY_SHADOWS", "this cell follows as many shadows as it can; ask again later");
    }
  }

  /// @return whether there may be more
  private boolean followed(Shadow shadow) {
    try {
      if (follow(shadow) > 0) {
        return true;
      }
      if (shadow.over()) {
        var _ = end(shadow, ITSELF);
      }
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("tenant", shadow.tenant())
          .addKeyValue("shadow", shadow.shadow())
          .setCause(e)
          .log("a shadow was not followed; it is tried again");
    }
    return false;
  }

  private int follow(Shadow shadow) {
    List<Entry> entries = database.inTenant(shadow.tenant(), c -> ShadowRows.next(c, shadow));
    Map<String, Decision> decisions = new HashMap<>();
    Map<String, Optional<Said>> said = new HashMap<>();
    for (Entry entry : entries) {
      PastDecisions.decisionOf(codec.decode(entry.payload()))
          .filter(decision -> decision.unavailable().isEmpty())
          .ifPresent(decision -> {
            decisions.put(key(entry), decision);
            said.put(key(entry), ask(shadow, decision));
          });
    }
    return database.inTenant(
        shadow.tenant(),
        c -> {
          for (Entry entry : entries) {
            Decision decision = decisions.get(key(entry));
            if (decision != null) {
              JsonNode tool = Simulation.input(decision).path("tool");
              Optional<Said> answer = said.getOrDefault(key(entry), Optional.empty());
              ShadowRows.told(c, shadow, entry, decision, tool, answer);
            }
            ShadowRows.reached(c, shadow, entry);
          }
          return entries.size();
        });
  }

  private static String key(Entry entry) {
    return entry.workspace() + "/" + entry.position();
  }

  /// With the Rego that decided, and the candidate's data in place of the tenant's.
  ///
  /// @return empty also if that Rego was not kept
  private Optional<Said> ask(Shadow shadow, Decision decision) {
    String platform = Simulation.digest(decision, Bundles.PLATFORM);
    String place = shadow.shadow() + "/" + platform;
    if (!open.containsKey(place)) {
      contents
          .kept(Bundles.PLATFORM, platform)
          .ifPresent(rego -> {
            ReplayOpa started = ReplayOpa.start(opa, rego, Simulation.token());
            started.tenant(shadow.tenant(), shadow.data());
            open.put(place, started);
          });
    }
    return Optional.ofNullable(open.get(place))
        .flatMap(asked -> asked.ask(Simulation.pure(decision.entryPoint()), decision.input()));
  }

  /// Ends a shadow; its report is kept as a simulation's is, and is an entry, in one transaction.
  ///
  /// @throws ai.rails.platform.http.Problem with 409 if it has ended
  Map<String, Object> end(Shadow shadow, Actor by) {
    Map<String, Object> report =
        database.inTenant(shadow.tenant(), c -> ShadowRows.report(c, shadow.atItsEnd()));
    byte[] bytes = CanonicalJson.bytes(report);
    var _ =
        bus.dispatch(
            context(shadow, by)
                .with(c -> {
                  ShadowRows.end(c, shadow);
                  int _ =
                      Sql.execute(
                          c,
                          """
                          INSERT INTO policy_simulation
                            (tenant, simulation, report, report_sha256, candidate_sha256, sound)
                          VALUES (?, ?, ?, ?, ?, false) ON CONFLICT DO NOTHING\
                          """,
                          shadow.tenant(),
                          shadow.shadow(),
                          bytes,
                          CanonicalJson.sha256(bytes),
                          shadow.candidateSha256());
                }),
            PolicyBundleEntity.TYPE,
            noted(shadow, report, by.id()));
    forget(shadow);
    return report;
  }

  /// What is said of a shadow in the tenant's log, at its start and at its end.
  static NoteSimulation noted(Shadow shadow, Map<String, Object> report, String by) {
    return new NoteSimulation(
        new PolicySimulated(
            Bundles.ofTenant(shadow.tenant()),
            shadow.shadow(),
            shadow.candidateSha256(),
            number(report, "decisions"),
            number(report, "changed"),
            true,
            CanonicalJson.sha256(CanonicalJson.bytes(report)),
            by));
  }

  private static long number(Map<String, Object> report, String name) {
    return report.get(name) instanceof Long count ? count : 0;
  }

  private CommandContext context(Shadow shadow, Actor by) {
    String id = ids.get().toString();
    return new CommandContext(
        shadow.tenant(),
        Header.TENANT_WORKSPACE,
        Optional.empty(),
        by,
        id,
        id,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private void forget(Shadow shadow) {
    open.keySet().stream()
        .filter(key -> key.startsWith(shadow.shadow() + "/"))
        .toList()
        .forEach(key -> Optional.ofNullable(open.remove(key)).ifPresent(ReplayOpa::close));
  }

  @Override
  public void close() {
    open.values().forEach(ReplayOpa::close);
    open.clear();
  }
}
