package ai.rails.stream.siem;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.ledger.Origin;

/// Records that are no ledger entries: the feed's own words. None of them has a sequence, so that a
/// reader who counts sequences is not disturbed.
final class Notices {
  static final String HEARTBEAT = "SIEM_HEARTBEAT";
  static final String VERSION = "SIEM_FEED_VERSION";
  static final String BROKEN = "SIEM_LEDGER_BROKEN";
  static final String UNREADABLE = "SIEM_ENTRY_UNREADABLE";

  /// Most workspaces named by one heartbeat: it stays far below the largest record.
  private static final int WORKSPACES = 256;

  private final String cellDomain;
  private final FeedVersion version;

  Notices(String cellDomain, FeedVersion version) {
    this.cellDomain = cellDomain;
    this.version = version;
  }

  /// What wakes and what is told with it: where in the feed a notice stands.
  ///
  /// @param workspace also the key, so that a notice lies in the partition it speaks of
  record Place(String tenant, String workspace, long time) {}

  /// The feed lives, and these were the last sequences it told. One record for up to 256 workspaces
  /// of one partition, keyed by the first of them.
  List<OcsfRecord> heartbeat(
      String tenant, SortedMap<String, Long> sequences, long time, String task) {
    var records = new ArrayList<OcsfRecord>();
    List<Map.Entry<String, Long>> all = List.copyOf(sequences.entrySet());
    for (int from = 0; from < all.size(); from += WORKSPACES) {
      var part = all.subList(from, Math.min(all.size(), from + WORKSPACES));
      var place = new Place(tenant, part.getFirst().getKey(), time);
      OcsfDraft draft = draft(Activity.lifecycle("Heartbeat"), Severity.INFORMATIONAL, place);
      draft.app("airails-siem", Optional.of(version.product())).succeeded();
      ObjectNode heartbeat = draft.unmapped("heartbeat");
      heartbeat.put("partition", Shown.id(task));
      ObjectNode last = heartbeat.putObject("last_sequence");
      part.forEach(entry -> last.put(Shown.id(entry.getKey()), entry.getValue()));
      String uid = "heartbeat:%s:%s:%d".formatted(task, place.workspace(), time);
      records.add(record(draft, place, uid, HEARTBEAT));
    }
    return records;
  }

  /// From here on records are of another form than before.
  OcsfRecord changed(Place place, Optional<String> before, String task) {
    OcsfDraft draft = draft(Activity.lifecycle("Feed Version"), Severity.INFORMATIONAL, place);
    draft.app("airails-siem", Optional.of(version.product())).succeeded();
    ObjectNode feed = draft.unmapped("feed");
    feed.put("from", before.map(Shown::id).orElse("none"));
    feed.put("to", version.toString());
    feed.put("ocsf", version.ocsf());
    feed.put("mapping", version.mapping());
    feed.put("product", version.product());
    return record(draft, place, "version:%s:%s:%d".formatted(task, version, place.time()), VERSION);
  }

  /// An entry is missing before this one, or does not follow the one told before.
  OcsfRecord broken(Place place, long expected, long found) {
    OcsfDraft draft =
        finding(
            place,
            "ledger/%s/%d/%d".formatted(Shown.id(place.workspace()), expected, found),
            "The ledger does not go on where it was");
    draft.unmapped("ledger").put("expected", expected).put("found", found);
    return record(
        draft, place, "broken:%s:%d:%d".formatted(place.workspace(), expected, found), BROKEN);
  }

  /// An entry whose event can not be read, or belongs elsewhere: its place in the ledger is told,
  /// with its sequence, and nothing of it.
  OcsfRecord unreadable(Place place, Entry.Unread entry) {
    OcsfDraft draft =
        finding(
            place,
            "entry/%s/%d".formatted(Shown.id(place.workspace()), entry.leaf().seq()),
            "A ledger entry can not be read by the feed");
    draft.metadata().put("sequence", entry.leaf().seq());
    draft
        .unmapped("ledger")
        .put("seq", entry.leaf().seq())
        .put("prev", entry.leaf().prev())
        .put("leaf_hash", entry.leafHash());
    return record(
        draft,
        place,
        "unreadable:%s:%d".formatted(place.workspace(), entry.leaf().seq()),
        UNREADABLE);
  }

  /// The ledger task, the signer or the nightly comparison raised an alarm about a workspace.
  OcsfRecord alarm(Place place, AlarmRead alarm, String uid) {
    OcsfDraft draft = alarm.resumed() ? closing(place, alarm) : opening(place, alarm);
    ObjectNode details = draft.unmapped("alarm");
    details.put("code", alarm.code());
    details.put("expected", alarm.expected());
    details.put("found", alarm.found());
    return record(draft, place, uid, "LEDGER_ALARM_" + alarm.code());
  }

  private OcsfDraft opening(Place place, AlarmRead alarm) {
    return finding(place, findingUid(place, alarm), alarm.title()).statusCode(alarm.code());
  }

  private OcsfDraft closing(Place place, AlarmRead alarm) {
    OcsfDraft draft = draft(Activity.findingClosed(), Severity.INFORMATIONAL, place);
    return draft
        .finding(findingUid(place, alarm), alarm.title())
        .status(4, "Resolved")
        .statusCode(alarm.code());
  }

  /// The same for what is missing and what ends the wait for it.
  private static String findingUid(Place place, AlarmRead alarm) {
    return "ledger/%s/%d".formatted(Shown.id(place.workspace()), alarm.expected());
  }

  private OcsfDraft finding(Place place, String uid, String title) {
    return draft(Activity.finding(), Severity.CRITICAL, place).finding(uid, title).status(1, "New");
  }

  private OcsfDraft draft(Activity activity, Severity severity, Place place) {
    OcsfDraft draft = OcsfDraft.of(activity, severity, place.time());
    draft.unmapped(OcsfDraft.PLATFORM).put("workspace", Shown.id(place.workspace()));
    return draft;
  }

  private OcsfRecord record(OcsfDraft draft, Place place, String uid, String code) {
    ObjectNode metadata = draft.metadata();
    Feed.product(metadata, version);
    metadata.put("uid", uid);
    metadata.put("event_code", code);
    metadata.put("log_name", "airails.siem");
    metadata.put("logged_time", place.time());
    metadata.put("tenant_uid", Shown.id(place.tenant()));
    metadata.put("correlation_uid", uid);
    String source = new Origin(cellDomain, place.tenant(), place.workspace(), 1).toString();
    return new OcsfRecord(
        uid,
        place.tenant(),
        source,
        place.workspace(),
        Optional.empty(),
        code,
        place.time(),
        draft.event());
  }
}
