package ai.rails.stream;

import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import ai.rails.platform.telemetry.Measure;
import ai.rails.platform.witness.Way;
import ai.rails.stream.kafka.StreamsApplication;
import ai.rails.stream.ledger.Ledger;
import ai.rails.stream.ledger.LedgerComparison;
import ai.rails.stream.ledger.LedgerCounters;
import ai.rails.stream.provisioner.Provisioner;
import ai.rails.stream.provisioner.SiemProvisioner;
import ai.rails.stream.relay.Relay;
import ai.rails.stream.relay.RelayCounters;
import ai.rails.stream.siem.Siem;
import ai.rails.stream.siem.SiemCounters;
import ai.rails.stream.signer.Signer;
import ai.rails.stream.signer.SignerCounters;

/// The stream side in one process: relay, provisioner, ledger, signer and SIEM feed, or some of
/// them. A part that stops by itself, as when Kafka or PostgreSQL is away for long, is started
/// again with growing pauses; [#health()] says so.
///
/// [#measures()] says how far behind they are.
public final class StreamProcessors implements AutoCloseable {
  /// What can run alone.
  public enum Part {
    RELAY,
    PROVISIONER,
    LEDGER,
    SIGNER,
    SIEM,
    COMPARISON
  }

  private final RelayCounters relayed = new RelayCounters();
  private final LedgerCounters chained = new LedgerCounters();
  private final SignerCounters signed = new SignerCounters();
  private final SiemCounters told = new SiemCounters();
  private volatile @Nullable LedgerComparison compared;
  // In the order of the data.
  private final Map<Part, Supervised> parts = new EnumMap<>(Part.class);

  private StreamProcessors() {}

  /// What the parts take from their surroundings.
  ///
  /// @param ways how witnesses are reached, by their addresses
  /// @param serviceToken bearer token for command-services, asked for at each call
  /// @param random cryptographically strong
  public record Surroundings(
      InstantSource clock,
      RandomGenerator random,
      Function<URI, Way> ways,
      Supplier<String> serviceToken) {}

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
    var processors = new StreamProcessors();
    try {
      for (Part part : EnumSet.copyOf(parts)) {
        processors.keep(part, processors.start(part, config, surroundings));
      }
      return processors;
    } catch (SQLException | RuntimeException e) {
      processors.abandon(e);
      throw e;
    } catch (Exception e) {
      processors.abandon(e);
      throw new IllegalStateException("the stream side did not start", e);
    }
  }

  private void keep(Part part, Supervised.Start start) throws Exception {
    parts.put(
        part,
        Supervised.start(part.name().toLowerCase(Locale.ROOT), start, Supervised.Pauses.USUAL));
  }

  private Supervised.Start start(Part part, Properties config, Surroundings around) {
    return switch (part) {
      case RELAY ->
          () -> {
            Relay relay = Relay.start(config, around.clock(), relayed);
            return new Running(relay::up, relay::ended, relay::state, relay::close);
          };
      case PROVISIONER -> () -> provisioners(config, around);
      case LEDGER ->
          () -> {
            Ledger ledger = Ledger.start(config, chained);
            return Running.of(ledger.application(), ledger::close);
          };
      case SIGNER ->
          () -> {
            Signer signer = Signer.start(config, around.ways(), around.clock(), signed);
            return new Running(signer::up, signer::ended, signer::state, signer::close);
          };
      case SIEM ->
          () -> {
            StreamsApplication siem = Siem.start(config, told);
            return Running.of(siem, siem::close);
          };
      case COMPARISON ->
          () -> {
            LedgerComparison comparison = LedgerComparison.start(config, around.clock());
            compared = comparison;
            return new Running(
                comparison::up, comparison::ended, comparison::state, comparison::close);
          };
    };
  }

  /// Tenants' topics and their subscribers' principals; the two stand and fall together.
  private static Supervised.Part provisioners(Properties config, Surroundings around) {
    Provisioner tenants = Provisioner.start(config, around.serviceToken(), around.random());
    SiemProvisioner subscribers =
        SiemProvisioner.start(config, around.serviceToken(), around.random());
    return new Running(
        () -> tenants.up() && subscribers.up(),
        () -> !tenants.up() || !subscribers.up(),
        tenants::state,
        () -> {
          subscribers.close();
          tenants.close();
        });
  }

  private void abandon(Exception cause) {
    try {
      close();
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  public Health health() {
    var states = new HashMap<String, String>();
    parts.forEach((part, kept) -> states.put(part.name().toLowerCase(Locale.ROOT), kept.state()));
    return new Health(parts.values().stream().allMatch(Supervised::up), states);
  }

  /// How far behind the parts are and what they have done.
  public List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    if (parts.containsKey(Part.RELAY)) {
      measures.addAll(relayed.measures());
    }
    if (parts.containsKey(Part.LEDGER)) {
      measures.addAll(chained.measures());
    }
    if (parts.containsKey(Part.SIGNER)) {
      measures.addAll(signed.measures());
    }
    if (parts.containsKey(Part.SIEM)) {
      measures.addAll(told.measures());
    }
    LedgerComparison comparison = compared;
    if (comparison != null) {
      measures.addAll(comparison.measures());
    }
    return List.copyOf(measures);
  }

  /// Stops the parts in the order of the data, so that what was relayed is still chained.
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Supervised part : parts.values()) {
      try {
        part.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /// A part by what can be asked of it.
  private record Running(
      BooleanSupplier isUp, BooleanSupplier hasEnded, Supplier<String> inState, Closing closing)
      implements Supervised.Part {
    static Running of(StreamsApplication application, Closing closing) {
      return new Running(application::up, application::ended, application::state, closing);
    }

    @Override
    public boolean up() {
      return isUp.getAsBoolean();
    }

    @Override
    public boolean ended() {
      return hasEnded.getAsBoolean();
    }

    @Override
    public String state() {
      return inState.get();
    }

    @Override
    public void close() throws IOException {
      closing.close();
    }
  }

  @FunctionalInterface
  private interface Closing {
    void close() throws IOException;
  }
}
