package ai.rails.projection.feed;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import org.jooq.DSLContext;

import ai.rails.domain.Header;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Origin;
import ai.rails.projection.Entry;

import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// How far each log is folded, within one transaction.
final class Heads {
  private final DSLContext sql;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Moved> moved = new TreeMap<>();

  Heads(DSLContext sql) {
    this.sql = sql;
  }

  private record Place(int epoch, long position, String leafHash) {}

  private record Moved(Entry last, String origin) {}

  /// How a log is named in maps.
  static String key(String tenant, String workspace) {
    return tenant + "/" + workspace;
  }

  /// Whether this is the next position of its log; a lower one was folded before.
  ///
  /// @throws IllegalStateException if one is missing, or the leaf does not follow the last one
  boolean accepts(Header header, Leaf leaf) {
    String key = key(header.tenant(), header.workspace());
    Place place = places.computeIfAbsent(key, _ -> load(header));
    int epoch = epoch(leaf.log());
    if (epoch > place.epoch()) {
      requireBeginning(key, leaf);
      return true;
    }
    if (epoch < place.epoch() || leaf.seq() <= place.position()) {
      return false;
    }
    if (leaf.seq() > place.position() + 1) {
      throw new IllegalStateException(
          "log %s has position %d after %d: entries are missing; the feed stops here"
              .formatted(key, leaf.seq(), place.position()));
    }
    String prev = place.position() == 0 ? LeafFit.genesis(leaf) : place.leafHash();
    if (!leaf.prev().equals(prev)) {
      throw new IllegalStateException(
          "leaf %d of log %s does not follow leaf %d; the feed stops here"
              .formatted(leaf.seq(), key, place.position()));
    }
    return true;
  }

  /// A log of another epoch takes the place of the one that was abandoned: from its first leaf on.
  /// What that is bound to is the signer's to know: nothing of it is shown as signed before.
  private static void requireBeginning(String key, Leaf leaf) {
    if (leaf.seq() != 1) {
      throw new IllegalStateException(
          "log %s goes on in another epoch at position %d, not at 1; the feed stops here"
              .formatted(key, leaf.seq()));
    }
  }

  static int epoch(String origin) {
    return Origin.parse(origin).map(Origin::epoch).orElse(1);
  }

  /// @param origin name of the log
  void move(Entry entry, String origin) {
    String key = key(entry.tenant(), entry.workspace());
    String hash = HexFormat.of().formatHex(entry.leafHash());
    places.put(key, new Place(epoch(origin), entry.position(), hash));
    moved.put(key, new Moved(entry, origin));
  }

  void save() {
    for (Moved log : moved.values()) {
      Entry entry = log.last();
      sql.insertInto(HEAD)
          .set(HEAD.TENANT, entry.tenant())
          .set(HEAD.WORKSPACE, entry.workspace())
          .set(HEAD.POSITION, entry.position())
          .set(HEAD.LEAF_HASH, entry.leafHash())
          .set(HEAD.RECORDED_AT, entry.recordedAt())
          .set(HEAD.ORIGIN, log.origin())
          .onConflict(HEAD.TENANT, HEAD.WORKSPACE)
          .doUpdate()
          .set(HEAD.POSITION, entry.position())
          .set(HEAD.LEAF_HASH, entry.leafHash())
          .set(HEAD.RECORDED_AT, entry.recordedAt())
          .set(HEAD.ORIGIN, log.origin())
          .execute();
    }
  }

  /// @param least epochs before which a log does not count
  Map<String, Long> moved(Map<String, Integer> least) {
    Map<String, Long> positions = new HashMap<>();
    moved.forEach((key, log) -> {
      if (epoch(log.origin()) >= least.getOrDefault(key, 1)) {
        positions.put(key, log.last().position());
      }
    });
    return Map.copyOf(positions);
  }

  private Place load(Header header) {
    return sql.selectFrom(HEAD)
        .where(HEAD.TENANT.eq(header.tenant()), HEAD.WORKSPACE.eq(header.workspace()))
        .fetchOptional(row ->
            new Place(
                epoch(row.get(HEAD.ORIGIN)),
                row.get(HEAD.POSITION),
                HexFormat.of().formatHex(row.get(HEAD.LEAF_HASH))))
        .orElse(new Place(1, 0, ""));
  }
}
