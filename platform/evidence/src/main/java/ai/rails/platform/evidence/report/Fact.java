package ai.rails.platform.evidence.report;

import java.util.Map;
import java.util.TreeMap;

import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Sha256;
import ai.rails.platform.evidence.EvidenceEntry;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

/// One entry of the ledger, read.
record Fact(Leaf leaf, String leafHash, Header header, Event event) {
  /// @throws IllegalArgumentException if leaf or event are not what they should be
  static Fact read(EventCodec codec, EvidenceEntry entry) {
    Recorded recorded = codec.decode(entry.event());
    return new Fact(
        Leaf.parse(entry.leaf()), Sha256.ofLeaf(entry.leaf()), recorded.header(), recorded.event());
  }

  long time() {
    return leaf.time();
  }

  String actor() {
    return header.actor().id();
  }

  /// Where in the ledger it stands and when it was recorded, to be told beside what it says.
  Map<String, Object> place() {
    var place = new TreeMap<String, Object>();
    place.put("at", Written.time(time()));
    place.put("eventId", leaf.eventId());
    place.put("position", leaf.seq());
    return place;
  }

  /// The event's own members with its place.
  Map<String, Object> json() {
    Map<String, Object> members = place();
    members.putAll(EventView.of((Record) event));
    return members;
  }

  /// Everything about the entry.
  Map<String, Object> whole() {
    var whole = new TreeMap<String, Object>();
    whole.put("entryType", leaf.eventType());
    whole.put("event", EventView.of((Record) event));
    whole.put("eventSha256", leaf.eventSha256());
    whole.put("eventType", event.getClass().getSimpleName());
    whole.put("header", EventView.of(header));
    whole.put("leafHash", leafHash);
    whole.put("position", leaf.seq());
    whole.put("recordedAt", Written.time(time()));
    whole.put("schemaSha256", leaf.schema());
    return whole;
  }
}
