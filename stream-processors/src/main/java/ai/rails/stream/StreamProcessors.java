package ai.rails.stream;

import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import ai.rails.stream.ledger.Ledger;
import ai.rails.stream.ledger.LedgerCounters;
import ai.rails.stream.provisioner.Provisioner;
import ai.rails.stream.relay.Relay;
import ai.rails.stream.relay.RelayCounters;

/// The stream side in one process: relay, provisioner and ledger, or some of them. A part that
/// fails stays down and [#health()] says so; the owner of the process ends it or starts anew.
///
/// Telemetry registers itself on [#relayCounters()] and [#ledgerCounters()].
public final class StreamProcessors implements AutoCloseable {
  /// What can run alone.
  public enum Part {
    RELAY,
    PROVISIONER,
    LEDGER
  }

  private final Optional<Relay> relay;
  private final Optional<Provisioner> provisioner;
  private final Optional<Ledger> ledger;

  private StreamProcessors(
      Optional<Relay> relay, Optional<Provisioner> provisioner, Optional<Ledger> ledger) {
    this.relay = relay;
    this.provisioner = provisioner;
    this.ledger = ledger;
  }

  /// What the parts take from their surroundings.
  ///
  /// @param serviceToken bearer token for command-services, asked for at each call
  /// @param random cryptographically strong
  public record Surroundings(
      InstantSource clock, RandomGenerator random, Supplier<String> serviceToken) {}

  /// Starts all parts. When this returns, the slot exists: what is written to the store from now on
  /// reaches the ledger.
  ///
  /// @param config the effective configuration
  /// @throws SQLException if PostgreSQL cannot be reached or refuses the slot
  public static StreamProcessors start(Properties config, Surroundings surroundings)
      throws SQLException {
    return start(config, surroundings, EnumSet.allOf(Part.class));
  }

  public static StreamProcessors start(
      Properties config, Surroundings surroundings, Set<Part> parts) throws SQLException {
    Optional<Relay> relay =
        parts.contains(Part.RELAY)
            ? Optional.of(Relay.start(config, surroundings.clock()))
            : Optional.empty();
    return new StreamProcessors(
        relay,
        parts.contains(Part.PROVISIONER)
            ? Optional.of(
                Provisioner.start(config, surroundings.serviceToken(), surroundings.random()))
            : Optional.empty(),
        parts.contains(Part.LEDGER) ? Optional.of(Ledger.start(config)) : Optional.empty());
  }

  public Health health() {
    var parts = new HashMap<String, String>();
    relay.ifPresent(part -> parts.put("relay", part.state()));
    provisioner.ifPresent(part -> parts.put("provisioner", part.state()));
    ledger.ifPresent(part -> parts.put("ledger", part.state()));
    return new Health(
        relay.map(Relay::up).orElse(true)
            && provisioner.map(Provisioner::up).orElse(true)
            && ledger.map(Ledger::up).orElse(true),
        parts);
  }

  public Optional<RelayCounters> relayCounters() {
    return relay.map(Relay::counters);
  }

  public Optional<LedgerCounters> ledgerCounters() {
    return ledger.map(Ledger::counters);
  }

  /// Stops the parts in the order of the data, so that what was relayed is still chained.
  @Override
  public void close() throws IOException {
    try {
      if (relay.isPresent()) {
        relay.get().close();
      }
    } finally {
      provisioner.ifPresent(Provisioner::close);
      ledger.ifPresent(Ledger::close);
    }
  }
}
