package ai.rails.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Unavailable;
import ai.rails.domain.checkpoint.KeyHistory;
import ai.rails.domain.checkpoint.Note;
import ai.rails.platform.evidence.Trust;
import ai.rails.platform.witness.NoteSigner;

/// The keys behind the logs of one installation, in its data directory: the cell's log keys with
/// their history, the witness's key and list of logs, and the policy that says what a checkpoint
/// must carry. Keys are made at the first start; list and policy follow from them.
public final class LogTrust {
  private final Path root;
  private final String cell;

  /// @param cellDomain the logs' origins begin with `ledger.` and this
  public LogTrust(Path root, String cellDomain) {
    this.root = root;
    this.cell = "ledger." + cellDomain;
  }

  Path keys() {
    return root.resolve("signer").resolve("keys");
  }

  Path history() {
    return root.resolve("signer").resolve("key-history");
  }

  Path witnessKey() {
    return root.resolve("witness").resolve("key");
  }

  Path witnessLogs() {
    return root.resolve("witness").resolve("logs.list");
  }

  Path policy() {
    return root.resolve("trust").resolve(Trust.POLICY_FILE);
  }

  /// What the components are told.
  public Map<String, String> properties(int witnessPort) {
    var values = new TreeMap<String, String>();
    values.put("signer.key.file", keys().toString());
    values.put("signer.history.file", history().toString());
    values.put("evidence.policy.file", policy().toString());
    values.put("witness.dir", root.resolve("witness").resolve("state").toString());
    values.put("witness.key.file", witnessKey().toString());
    values.put("witness.logs.file", witnessLogs().toString());
    values.put("witness.port", String.valueOf(witnessPort));
    return values;
  }

  /// Makes the keys that are missing, and the files that follow from them.
  public void ensure(int witnessPort, InstantSource clock, RandomGenerator random) {
    if (!Files.exists(history())) {
      NoteSigner first = NoteSigner.generate(cell, random);
      PrivateFile.write(keys(), first.privateKey() + "\n");
      KeyHistory history = KeyHistory.of(first.key(), clock.instant().getEpochSecond());
      PrivateFile.write(history(), signed(history, first));
    }
    if (!Files.exists(witnessKey())) {
      NoteSigner witness =
          NoteSigner.generate(cell.replaceFirst("ledger", "witness") + "/w1", random);
      PrivateFile.write(witnessKey(), witness.privateKey() + "\n");
    }
    follow(witnessPort);
  }

  /// Gives the cell another log key from a time on. The old one signs beside it until the overlap
  /// is over, and is forgotten with the rotation after that.
  ///
  /// @param from Unix seconds
  /// @param until Unix seconds
  KeyHistory rotate(long from, long until, int witnessPort, RandomGenerator random) {
    KeyHistory old = readHistory();
    List<NoteSigner> signers = readKeys();
    NoteSigner newest =
        signers.stream()
            .filter(signer -> signer.key().equals(old.newest().key()))
            .findFirst()
            .orElseThrow(() -> new Unavailable(keys() + " lacks the newest key of the history"));
    if (from < old.newest().from()) {
      throw new Unavailable("the newest key begins later; name a time after it");
    }
    NoteSigner next = NoteSigner.generate(cell, random);
    byte[] endorsement = newest.sign(old.toEndorse(next.key(), from, until)).signature();
    KeyHistory history = old.with(next.key(), from, until, endorsement);
    var kept = new ArrayList<String>();
    signers.stream()
        .filter(signer -> stillSigns(history, signer, from))
        .forEach(signer -> kept.add(signer.privateKey()));
    kept.add(next.privateKey());
    // Keys before history: a signer that reads in between misses nothing.
    PrivateFile.write(keys(), String.join("\n", kept) + "\n");
    PrivateFile.write(history(), signed(history, next));
    follow(witnessPort);
    return history;
  }

  private static boolean stillSigns(KeyHistory history, NoteSigner signer, long from) {
    return history.entries().stream()
        .filter(entry -> entry.key().equals(signer.key()))
        .anyMatch(entry -> entry.until().map(until -> until > from).orElse(true));
  }

  /// The witness's list and the policy name every key that ever signed: old checkpoints stay valid.
  private void follow(int witnessPort) {
    KeyHistory history = readHistory();
    NoteSigner witness = NoteSigner.parse(read(witnessKey()).strip());
    var logs = new StringBuilder("# The cell's logs; written by the launcher.\n");
    var policy =
        new StringBuilder("# What a checkpoint of this cell carries; written by the launcher.\n");
    for (KeyHistory.Entry entry : history.entries()) {
      logs.append("logs ").append(entry.key()).append('\n');
      policy.append("log ").append(entry.key()).append('\n');
    }
    policy
        .append("witness w1 ")
        .append(witness.cosignatureKey())
        .append(" http://127.0.0.1:")
        .append(witnessPort)
        .append("/\nquorum w1\n");
    write(witnessLogs(), logs.toString());
    write(policy(), policy.toString());
  }

  private KeyHistory readHistory() {
    return KeyHistory.parse(read(history()).getBytes(StandardCharsets.UTF_8));
  }

  private List<NoteSigner> readKeys() {
    return read(keys()).lines().filter(line -> !line.isBlank()).map(NoteSigner::parse).toList();
  }

  private static byte[] signed(KeyHistory history, NoteSigner newest) {
    return new Note(history.text(), List.of(newest.signAs(history.name(), history.text()))).bytes();
  }

  /// Unchanged files are left alone: who watches them reads them again otherwise.
  private static void write(Path file, String content) {
    if (!Files.exists(file) || !read(file).equals(content)) {
      PrivateFile.write(file, content);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
