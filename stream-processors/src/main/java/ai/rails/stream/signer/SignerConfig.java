package ai.rails.stream.signer;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.witness.AddCheckpoint;
import ai.rails.platform.witness.Way;
import ai.rails.platform.witness.WitnessClient;

/// What the signer is started with.
///
/// @param policy which witnesses there are and how many must cosign
/// @param instance of this cell's signers
record SignerConfig(
    String cell,
    String cellDomain,
    int partitions,
    Path keyFile,
    Path historyFile,
    TlogPolicy policy,
    PostgresConfig postgres,
    String instance) {
  private static final Duration WITNESS_LIMIT = Duration.ofSeconds(5);

  /// @param config `cell.*`, `kafka.partitions`, `signer.*` and `evidence.policy.file`
  /// @throws java.io.IOException if the policy can not be read
  /// @throws IllegalArgumentException naming what is missing or wrong
  static SignerConfig of(Properties config) throws java.io.IOException {
    Path policy = Path.of(required(config, "evidence.policy.file"));
    return new SignerConfig(
        required(config, "cell.id"),
        required(config, "cell.domain"),
        Integer.parseInt(required(config, "kafka.partitions")),
        Path.of(required(config, "signer.key.file")),
        Path.of(required(config, "signer.history.file")),
        TlogPolicy.parse(Files.readString(policy)),
        PostgresConfig.signer(config),
        config.getProperty("stream.instance", "1"));
  }

  /// @param ways how an address is reached
  /// @throws IllegalArgumentException if a witness has no address, or one that may not be reached
  List<WitnessPeer> witnesses(Function<URI, Way> ways) {
    var peers = new ArrayList<WitnessPeer>();
    policy
        .witnesses()
        .forEach((name, party) -> {
          URI url =
              party
                  .url()
                  .map(URI::create)
                  .orElseThrow(() ->
                      new IllegalArgumentException(
                          "witness %s has no address in the policy; add its submission prefix"
                              .formatted(name)));
          var client = new WitnessClient(url, party.key(), ways.apply(url), WITNESS_LIMIT);
          peers.add(new WitnessPeer(name, new Http(client)));
        });
    return peers;
  }

  private record Http(WitnessClient client) implements WitnessPeer.Line {
    @Override
    public WitnessClient.Answer add(AddCheckpoint request) {
      return client.add(request);
    }

    @Override
    public Optional<Note> checkpoint(String origin) {
      return client.checkpoint(origin);
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static String required(Properties config, String key) {
    return Optional.ofNullable(config.getProperty(key))
        .filter(value -> !value.isBlank())
        .orElseThrow(
            () -> new IllegalArgumentException("setting %s is missing; add it".formatted(key)));
  }
}
