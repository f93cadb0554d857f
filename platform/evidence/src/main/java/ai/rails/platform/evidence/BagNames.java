package ai.rails.platform.evidence;

import java.util.Optional;
import java.util.regex.Pattern;

/// Names that a bundle's files may have. So few are allowed that no file system, and no archiver,
/// can take one for another or for a place outside of the bundle.
final class BagNames {
  static final String BAGIT = "bagit.txt";
  static final String INFO = "bag-info.txt";
  static final String MANIFEST = "manifest-sha256.txt";
  static final String TAG_MANIFEST = "tagmanifest-sha256.txt";

  static final String DATA = "data/";
  static final String ENTRIES = "data/ledger/entries.jsonl";
  static final String BEFORE = "data/ledger/before.jsonl";
  static final String AFTER = "data/ledger/after.jsonl";
  static final String CHECKPOINT = "data/ledger/checkpoint";
  static final String PROOFS = "data/ledger/proofs/";
  static final String SINCE = "data/ledger/since/checkpoint";
  static final String ADD_CHECKPOINT = "data/ledger/since/add-checkpoint.txt";
  static final String LOG = "data/ledger/log/";
  static final String LOG_CHECKPOINT = LOG + "checkpoint";
  static final String EVENTS = "data/events/";
  static final String SCHEMAS = "data/schemas/";

  static final String SIGSTORE = "attestations/evidence.sigstore.json";
  static final String EVIDENCE_STAMP = "attestations/evidence.tsr";
  static final String CHECKPOINT_STAMP = "attestations/checkpoint.tsr";

  static final String TRUST = "trust/";
  static final String TRUST_LOG = "trust/log.vkey";
  static final String TRUST_POLICY = "trust/witnesses.policy";
  static final String TRUST_EVIDENCE = "trust/evidence.pub";
  static final String TRUST_STAMPS = "trust/tsa-chain.pem";

  private static final int PATH_MAX = 200;
  private static final String SEGMENT = "[A-Za-z0-9_][A-Za-z0-9._-]*";
  private static final Pattern PATH = Pattern.compile(SEGMENT + "(?:/" + SEGMENT + ")*");
  private static final Pattern ID = Pattern.compile("[a-z0-9_][a-z0-9_-]{0,63}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private BagNames() {}

  /// Whether a name is one that a bundle's file can have.
  static boolean allowed(String path) {
    return refusal(path).isEmpty();
  }

  /// Why a file may not have this name.
  static Optional<String> refusal(String path) {
    if (path.length() > PATH_MAX) {
      return Optional.of("a name has at most %d characters".formatted(PATH_MAX));
    }
    if (path.startsWith("/") || path.matches("[A-Za-z]:.*")) {
      return Optional.of("the name is absolute");
    }
    if (path.indexOf('\\') >= 0) {
      return Optional.of("the name has a backslash");
    }
    if (("/" + path + "/").contains("/../") || ("/" + path + "/").contains("/./")) {
      return Optional.of("the name leads out of the bundle");
    }
    if (!PATH.matcher(path).matches()) {
      return Optional.of("the name has characters, or a form, that no file of a bundle has");
    }
    return Optional.empty();
  }

  /// @throws IllegalArgumentException if it could not be part of a file's name
  static String requireId(String what, String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "%s must be 1 to 64 characters of a-z, 0-9, - and _, to name a file".formatted(what));
    }
    return id;
  }

  static String event(String eventId) {
    return EVENTS + requireId("an event's id", eventId) + ".avro";
  }

  static String schema(String fingerprint) {
    if (!HASH.matcher(fingerprint).matches()) {
      throw new IllegalArgumentException("a schema's fingerprint is 64 lower-case hex digits");
    }
    return SCHEMAS + fingerprint + ".avsc";
  }

  static String proof(long seq) {
    return PROOFS + seq + ".tlog-proof";
  }
}
