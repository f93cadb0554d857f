package ai.rails.enclave.gate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Cosignature;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.checkpoint.VerifierKey;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;
import ai.rails.schema.worker.WorkerProtocol.LogPage;

/// A tenant's own log with its signer and two witnesses of which one is enough, and who serves it
/// to workers.
public final class Registry {
  static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  static final String CELL = "c1.airails.test";
  private static final EventCodec EVENTS = new EventCodec();
  private static final int KEY_BYTES = 32;

  final Origin origin;
  private final KeyPair log;
  private final List<KeyPair> witnesses;
  private final List<byte[]> leaves = new ArrayList<>();
  private final List<byte[]> events = new ArrayList<>();
  private LedgerHead head;
  private int page = 500;

  public Registry(String tenant) {
    this(Origin.first(CELL, tenant, Header.TENANT_WORKSPACE), pair(), List.of(pair(), pair()));
  }

  private Registry(Origin origin, KeyPair log, List<KeyPair> witnesses) {
    this.origin = origin;
    this.log = log;
    this.witnesses = witnesses;
    this.head = LedgerHead.genesis(origin);
  }

  /// With pages of so many leaves.
  Registry paged(int leavesOfAPage) {
    page = leavesOfAPage;
    return this;
  }

  long size() {
    return leaves.size();
  }

  /// Takes an entry.
  public Registry add(Event event) {
    long position = head.next();
    Header header =
        new Header(
            "event-" + position,
            origin.tenant(),
            origin.workspace(),
            Optional.empty(),
            "Person",
            "someone",
            position,
            new Actor(Actor.Kind.USER, "ada"),
            "command",
            "correlation",
            Optional.empty(),
            NOON,
            Optional.empty(),
            Optional.empty());
    byte[] bytes = EVENTS.encode(header, event);
    LedgerStep.Appended appended =
        LedgerStep.append(
            origin,
            head,
            Strands.NONE,
            new LedgerRow(
                position,
                NOON.toEpochMilli() + position,
                bytes,
                header.eventId(),
                event.entryType(),
                HexFormat.of().formatHex(EVENTS.schemaFingerprintSha256(bytes)),
                Optional.empty(),
                Optional.empty()));
    head = appended.head();
    leaves.add(appended.bytes());
    events.add(bytes);
    return this;
  }

  /// The cell's policy: its log key, and either witness.
  public String policy() {
    return "log %s\nwitness w1 %s\nwitness w2 %s\ngroup one any w1 w2\nquorum one\n"
        .formatted(
            new VerifierKey("ledger." + CELL, VerifierKey.Type.ED25519, raw(log)),
            witness(0),
            witness(1));
  }

  TlogPolicy parsed() {
    return TlogPolicy.parse(policy());
  }

  /// The log at a size, signed and seen by the first witness.
  Note note(long size, Instant seen) {
    return cosigned(signed(size), 0, seen);
  }

  Note signed(long size) {
    var tree = new Frontier();
    leaves.subList(0, (int) size).forEach(leaf -> tree.append(Merkle.leaf(leaf)));
    String text = new Checkpoint(origin.toString(), size, tree.root()).text();
    var key = new VerifierKey(origin.toString(), VerifierKey.Type.ED25519, raw(log));
    byte[] signature = sign(log, text.getBytes(StandardCharsets.UTF_8));
    return new Note(text, List.of(new NoteSignature(key.name(), key.id(), signature)));
  }

  Note cosigned(Note note, int which, Instant seen) {
    VerifierKey key = witness(which);
    long time = seen.getEpochSecond();
    var cosignature =
        new Cosignature(time, sign(witnesses.get(which), Cosignature.message(time, note.text())));
    return note.with(new NoteSignature(key.name(), key.id(), cosignature.bytes()));
  }

  /// What is served honestly.
  public LogPage page(long from, Instant seen) {
    return page(from, note(size(), seen));
  }

  LogPage page(long from, Note note) {
    List<String> some = new ArrayList<>();
    Map<String, String> about = new TreeMap<>();
    for (long at = from; at <= Math.min(size(), from + page - 1); at++) {
      some.add(base64(leaves.get((int) at - 1)));
      if (EVENTS.entryType(events.get((int) at - 1)).name().startsWith("PASSKEY_")) {
        about.put(String.valueOf(at), base64(events.get((int) at - 1)));
      }
    }
    return new LogPage(new String(note.bytes(), StandardCharsets.UTF_8), some, about);
  }

  /// The same keys and another history, up to a size the same.
  Registry fork(long same) {
    return copy(origin, same);
  }

  /// The log's next epoch, with the same entries.
  Registry next() {
    return copy(origin.next(), size());
  }

  private Registry copy(Origin name, long count) {
    var copy = new Registry(name, log, witnesses);
    events.subList(0, (int) count).forEach(bytes -> copy.add(EVENTS.decode(bytes).event()));
    return copy;
  }

  private VerifierKey witness(int which) {
    return new VerifierKey(
        "witness.test/w" + (which + 1), VerifierKey.Type.COSIGNATURE, raw(witnesses.get(which)));
  }

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] raw(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
  }

  private static byte[] sign(KeyPair pair, byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
