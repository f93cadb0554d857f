package ai.rails.domain.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One entry of a log: what an outsider needs to show that an event is in the log, where, and after
/// what. Its bytes are a flat JSON object in RFC 8785 form, restricted to ASCII strings and
/// integers.
///
/// `seq` is the event's position in the store, so it starts at 1 and the entry's index in the
/// Merkle tree is `seq - 1`.
///
/// @param eventSha256 of the event's stored bytes
/// @param eventType public name of the entry's kind
/// @param log origin of the log
/// @param prev leaf hash of the entry before, or the log's genesis
/// @param schema SHA-256 of the canonical form of the event's schema
/// @param time the store's clock, Unix milliseconds, never before the previous entry's
/// @param run the run it belongs to
/// @param workflow the workflow it belongs to
public record Leaf(
    String eventId,
    String eventSha256,
    String eventType,
    String log,
    String prev,
    String schema,
    long seq,
    long time,
    Optional<RunPart> run,
    Optional<WorkflowPart> workflow) {
  /// Longest leaf, in bytes.
  public static final int BYTES_MAX = 8_192;

  private static final String TYPE = "airails.dev/ledger-entry/v1";

  /// An entry's place in its run. One that arrives after the run's end (the outcome of a call that
  /// was under way when the run was cancelled) goes on in the run's numbers; in logs of releases
  /// before 0.4 it has no place.
  public record RunPart(String run, Optional<Place> place) {}

  /// @param seq from 0
  /// @param prev leaf hash of the run's entry before, or the run's genesis
  /// @param count with the entry that ends the run: how many entries it has up to there
  public record Place(long seq, String prev, Optional<Long> count) {}

  /// An entry's place in its workflow.
  ///
  /// @param seq from 0
  /// @param prev leaf hash of the workflow's entry before, or the workflow's genesis
  public record WorkflowPart(String workflow, long seq, String prev) {}

  /// The bytes that are hashed.
  ///
  /// @throws IllegalArgumentException if a member is not plain ASCII, or the whole is too long
  public byte[] bytes() {
    var members = new TreeMap<String, Object>();
    members.put("event_id", eventId);
    members.put("event_sha256", eventSha256);
    members.put("event_type", eventType);
    members.put("log", log);
    members.put("prev", prev);
    members.put("schema", schema);
    members.put("seq", seq);
    members.put("time", time);
    members.put("type", TYPE);
    run.ifPresent(part -> put(members, part));
    workflow.ifPresent(part -> {
      members.put("wf", part.workflow);
      members.put("wf_prev", part.prev);
      members.put("wf_seq", part.seq);
    });
    return FlatJson.write(members, BYTES_MAX);
  }

  /// Reads a leaf; only the exact bytes that [#bytes()] gives are accepted.
  ///
  /// @throws IllegalArgumentException if they are anything else
  public static Leaf parse(byte[] bytes) {
    FlatJson.Members members = FlatJson.read(bytes, BYTES_MAX);
    if (!members.text("type").equals(TYPE)) {
      throw new IllegalArgumentException("the leaf's type is not " + TYPE);
    }
    var leaf =
        new Leaf(
            members.text("event_id"),
            members.hash("event_sha256"),
            members.text("event_type"),
            members.text("log"),
            members.hash("prev"),
            members.hash("schema"),
            members.number("seq"),
            members.number("time"),
            members.maybeText("run").map(run -> runPart(run, members)),
            members.maybeText("wf").map(id -> workflowPart(id, members)));
    if (!Arrays.equals(leaf.bytes(), bytes)) {
      throw new IllegalArgumentException(
          "the leaf is not in canonical form, or has members that no leaf has");
    }
    return leaf;
  }

  @Override
  public String toString() {
    return new String(bytes(), StandardCharsets.US_ASCII);
  }

  private static void put(Map<String, Object> members, RunPart part) {
    members.put("run", part.run);
    part.place.ifPresent(place -> {
      members.put("run_prev", place.prev);
      members.put("run_seq", place.seq);
      place.count.ifPresent(count -> members.put("run_count", count));
    });
  }

  private static RunPart runPart(String run, FlatJson.Members members) {
    return new RunPart(
        run,
        members
            .maybeNumber("run_seq")
            .map(
                seq -> new Place(seq, members.hash("run_prev"), members.maybeNumber("run_count"))));
  }

  private static WorkflowPart workflowPart(String workflow, FlatJson.Members members) {
    return new WorkflowPart(workflow, members.number("wf_seq"), members.hash("wf_prev"));
  }
}
