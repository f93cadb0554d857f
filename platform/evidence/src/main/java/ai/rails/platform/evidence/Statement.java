package ai.rails.platform.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

/// What the signer of a bundle says: which files, with which hashes, are evidence of what. An
/// in-toto statement v1 that has one way to be written. Integers and strings only.
///
/// @param bundle its id
/// @param stamps files with time stamps that belong to the bundle
/// @param subjects SHA-256, 64 hex digits, by path
record Statement(
    String bundle,
    Scope scope,
    Ledger ledger,
    Producer producer,
    List<String> stamps,
    SortedMap<String, String> subjects) {
  /// With more payload files than this, only the manifests are subjects: they name the files.
  static final int SUBJECTS_MAX = 10_000;

  static final String PREDICATE_TYPE = "https://airails.dev/attestation/evidence-bundle/v1";
  private static final String TYPE = "https://in-toto.io/Statement/v1";

  Statement {
    stamps = List.copyOf(stamps);
    subjects = new TreeMap<>(subjects);
  }

  /// Which part of which log.
  ///
  /// @param root of the tree of `size` entries, base 64
  /// @param runCount how many entries the run has, if it is one run's evidence and the run is over
  record Ledger(
      String origin,
      long size,
      String root,
      long firstSeq,
      long lastSeq,
      long entries,
      Optional<Long> runCount) {}

  byte[] json() {
    var predicate = new LinkedHashMap<String, Object>();
    predicate.put("bundle", map("id", bundle, "scope", scopeTree()));
    predicate.put("ledger", ledgerTree());
    predicate.put(
        "producer",
        map(
            "organization", producer.organization(),
            "name", producer.name(),
            "version", producer.version(),
            "imageDigest", producer.imageDigest()));
    predicate.put("timestamps", stamps);
    var subject = new ArrayList<>();
    subjects.forEach(
        (path, digest) -> subject.add(map("name", path, "digest", Map.of("sha256", digest))));
    return StrictJson.write(
        map(
            "_type", TYPE,
            "subject", subject,
            "predicateType", PREDICATE_TYPE,
            "predicate", predicate));
  }

  /// @throws IllegalArgumentException if it is anything but what [#json()] writes
  static Statement parse(byte[] json) {
    JsonNode tree = StrictJson.read(json, SigstoreBundle.BYTES_MAX);
    JsonNode predicate = tree.path("predicate");
    JsonNode producer = predicate.path("producer");
    var stamps = new ArrayList<String>();
    predicate.path("timestamps").forEach(stamp -> stamps.add(stamp.asText()));
    var subjects = new TreeMap<String, String>();
    tree.path("subject")
        .forEach(each ->
            subjects.put(each.path("name").asText(), each.path("digest").path("sha256").asText()));
    var statement =
        new Statement(
            predicate.path("bundle").path("id").asText(),
            scope(predicate.path("bundle").path("scope")),
            ledger(predicate.path("ledger")),
            new Producer(
                producer.path("organization").asText(),
                producer.path("name").asText(),
                producer.path("version").asText(),
                producer.path("imageDigest").asText()),
            stamps,
            subjects);
    if (!Arrays.equals(statement.json(), json)) {
      throw new IllegalArgumentException(
          "the statement has members, an order or types that no such statement has");
    }
    return statement;
  }

  Map<String, Object> scopeTree() {
    Map<String, Object> tree = map("tenant", scope.tenant(), "workspace", scope.workspace());
    switch (scope) {
      case Scope.OfRun of -> tree.putAll(map("kind", "run", "run", of.run()));
      case Scope.OfApproval of ->
          tree.putAll(map("kind", "approval", "run", of.run(), "gate", of.gate()));
      case Scope.OfPeriod of ->
          tree.putAll(map("kind", "period", "from", of.from(), "to", of.to()));
      case Scope.OfWorkspace of -> tree.put("kind", "workspace");
    }
    return tree;
  }

  private static Scope scope(JsonNode tree) {
    String tenant = tree.path("tenant").asText();
    String workspace = tree.path("workspace").asText();
    String run = tree.path("run").asText();
    return switch (tree.path("kind").asText()) {
      case "run" -> new Scope.OfRun(tenant, workspace, run);
      case "approval" -> new Scope.OfApproval(tenant, workspace, run, tree.path("gate").asText());
      case "period" ->
          new Scope.OfPeriod(
              tenant, workspace, tree.path("from").asLong(), tree.path("to").asLong());
      case "workspace" -> new Scope.OfWorkspace(tenant, workspace);
      default -> throw new IllegalArgumentException("the statement's scope is of no known kind");
    };
  }

  private Map<String, Object> ledgerTree() {
    Map<String, Object> tree =
        map(
            "origin", ledger.origin(),
            "size", ledger.size(),
            "root", ledger.root(),
            "firstSeq", ledger.firstSeq(),
            "lastSeq", ledger.lastSeq(),
            "entries", ledger.entries());
    ledger.runCount().ifPresent(count -> tree.put("runCount", count));
    return tree;
  }

  private static Ledger ledger(JsonNode tree) {
    return new Ledger(
        tree.path("origin").asText(),
        tree.path("size").asLong(),
        tree.path("root").asText(),
        tree.path("firstSeq").asLong(),
        tree.path("lastSeq").asLong(),
        tree.path("entries").asLong(),
        tree.has("runCount") ? Optional.of(tree.path("runCount").asLong()) : Optional.empty());
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
