package ai.rails.stream.signer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.KeyHistory;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.platform.witness.AddCheckpoint;
import ai.rails.platform.witness.NoteSigner;
import ai.rails.platform.witness.Way;
import ai.rails.platform.witness.WitnessClient;
import ai.rails.platform.witness.WitnessServer;
import ai.rails.stream.Wait;

import static org.assertj.core.api.Assertions.assertThat;

/// What outlives a signer: its table, the topics, and real witnesses over HTTP.
final class SignerWorld implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  final CheckpointsInMemory store = new CheckpointsInMemory();
  final CheckpointTopicsInMemory topics;
  final SigningKeys keys;
  final NoteSigner cell;
  final InstantSource clock = () -> NOON;
  final SignerCounters counters = new SignerCounters();

  /// Every checkpoint that left a signer, with a signature of the log.
  final ConcurrentLinkedQueue<Note> released = new ConcurrentLinkedQueue<>();

  private final Path directory;
  private final Map<String, WitnessServer> witnesses = new TreeMap<>();
  private final Map<String, WitnessClient> clients = new TreeMap<>();
  private final TlogPolicy policy;

  /// @param witnessCount all of them are the quorum
  SignerWorld(Path directory, int witnessCount) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.cell = NoteSigner.generate("ledger." + History.DOMAIN, new Random(1));
    KeyHistory history = KeyHistory.of(cell.key(), 0);
    var note = new Note(history.text(), List.of(cell.signAs(history.name(), history.text())));
    Files.writeString(directory.resolve("keys"), cell.privateKey() + "\n");
    Files.write(directory.resolve("history"), note.bytes());
    Files.writeString(directory.resolve("logs"), "logs " + cell.key() + "\n");
    this.keys = new SigningKeys(directory.resolve("keys"), directory.resolve("history"), clock);
    this.topics = new CheckpointTopicsInMemory(keys);
    var text = new StringBuilder("log " + cell.key() + "\n");
    for (int i = 1; i <= witnessCount; i++) {
      text.append("witness w%d %s\n".formatted(i, startWitness(i)));
    }
    if (witnessCount > 0) {
      text.append("group g all ");
      text.append(String.join(" ", witnesses.keySet())).append('\n');
    }
    policy = TlogPolicy.parse(text + "quorum " + (witnessCount > 0 ? "g" : "none") + "\n");
  }

  private String startWitness(int number) throws IOException {
    Path home = Files.createDirectories(directory.resolve("w" + number));
    NoteSigner key = NoteSigner.generate("witness.example/w" + number, new Random(100 + number));
    Files.writeString(home.resolve("key"), key.privateKey() + "\n");
    WitnessServer server =
        WitnessServer.start(
            new WitnessServer.Settings(
                home.resolve("state"),
                home.resolve("key"),
                directory.resolve("logs"),
                "127.0.0.1",
                0),
            clock);
    witnesses.put("w" + number, server);
    URI url = URI.create("http://127.0.0.1:" + server.port());
    Duration limit = Duration.ofSeconds(10);
    clients.put("w" + number, new WitnessClient(url, server.key(), Way.direct(limit), limit));
    return key.cosignatureKey().toString();
  }

  WitnessClient witness(int number) {
    return Objects.requireNonNull(clients.get("w" + number));
  }

  void stopWitness(int number) throws IOException {
    Objects.requireNonNull(witnesses.get("w" + number)).close();
  }

  /// What a witness holds of the log.
  Optional<Checkpoint> witnessed(int number, LogName log) {
    return witness(number).checkpoint(log.name()).map(note -> Checkpoint.parse(note.text()));
  }

  /// A signer process.
  Running run(Faults faults) {
    return new Running(faults);
  }

  final class Running implements AutoCloseable {
    final LogSigner signer;
    final Faults faults;
    private long offset;

    Running(Faults faults) {
      this.faults = faults;
      CheckpointTopics seen = recording(topics.open(faults));
      List<WitnessPeer> peers = new ArrayList<>();
      clients.forEach((name, client) -> peers.add(new WitnessPeer(name, line(client, faults))));
      this.signer =
          new LogSigner(
              store.open(faults),
              doubts ->
                  new Cosigning(
                      new Cosigning.Surroundings(
                          policy,
                          peers,
                          seen,
                          SignerWorld.this::scan,
                          keys,
                          doubts,
                          counters,
                          clock)),
              seen,
              keys,
              origin -> LogName.ofOrigin(History.DOMAIN, origin, 0),
              counters);
    }

    void tell(List<History.Told> told, boolean replayed) {
      for (History.Told each : told) {
        each.tile().ifPresent(path -> signer.tile(each.log(), path, each.hashes(), offset));
        each.head().ifPresent(head -> signer.head(each.log(), head, offset, replayed));
        offset++;
      }
    }

    /// Lets it work until the condition holds or it is dead.
    void until(String what, BooleanSupplier condition) throws Exception {
      Wait.until(
          what,
          PATIENCE,
          () -> {
            if (!faults.dead()) {
              signer.turn();
              signer.tidy();
            }
            return faults.dead() || condition.getAsBoolean();
          });
    }

    @Override
    public void close() {
      signer.close();
    }
  }

  /// Whether no witness answers.
  volatile boolean muted;

  /// Nothing is remembered but what the histories say; set by the test.
  TileScan scans = (log, old, size) -> Optional.empty();

  private Optional<List<byte[]>> scan(LogName log, long old, long size) {
    return scans.consistency(log, old, size);
  }

  private CheckpointTopics recording(CheckpointTopics topicsOfProcess) {
    return new CheckpointTopics() {
      @Override
      public Map<org.apache.kafka.common.TopicPartition, Long> publish(List<Outgoing> notes) {
        var next = topicsOfProcess.publish(notes);
        notes.forEach(each -> released.add(each.note()));
        return next;
      }

      @Override
      public Optional<Checkpoint> largest(LogName log, Optional<Long> from) {
        return topicsOfProcess.largest(log, from);
      }

      @Override
      public void alarm(Alarm alarm) {
        topicsOfProcess.alarm(alarm);
      }
    };
  }

  private WitnessPeer.Line line(WitnessClient client, Faults faults) {
    return new WitnessPeer.Line() {
      @Override
      public WitnessClient.Answer add(AddCheckpoint request) {
        if (muted) {
          return new WitnessClient.Answer.Unavailable("muted");
        }
        faults.step();
        released.add(request.checkpoint());
        WitnessClient.Answer answer = client.add(request);
        faults.step();
        return answer;
      }

      @Override
      public Optional<Note> checkpoint(String origin) {
        return client.checkpoint(origin);
      }
    };
  }

  /// No two checkpoints that left a signer contradict each other.
  void requireNoFork(List<History> histories) {
    List<Checkpoint> signed =
        released.stream()
            .map(note -> Checkpoint.parse(note.text()))
            .filter(tree -> tree.size() > 0)
            .distinct()
            .sorted(java.util.Comparator.comparingLong(Checkpoint::size))
            .toList();
    for (int i = 0; i < signed.size(); i++) {
      Checkpoint tree = signed.get(i);
      assertThat(histories).as("%s is of a history", tree).anyMatch(h -> h.has(tree));
      if (i > 0) {
        Checkpoint before = signed.get(i - 1);
        assertThat(before.size()).isLessThan(tree.size());
        assertThat(histories)
            .as("%s is the beginning of %s", before, tree)
            .anyMatch(h -> h.has(before) && h.has(tree));
      }
    }
  }

  @Override
  public void close() {
    clients.values().forEach(WitnessClient::close);
    witnesses
        .values()
        .forEach(server -> {
          try {
            server.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
