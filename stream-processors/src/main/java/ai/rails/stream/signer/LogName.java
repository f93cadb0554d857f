package ai.rails.stream.signer;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.common.TopicPartition;

import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.TilePath;
import ai.rails.schema.Topics;

/// A log, and the partition of its tenant's topics that it lies in.
record LogName(Origin origin, int partition) {
  private static final Pattern TILE =
      Pattern.compile("([a-z0-9_-]{1,64})/e/([1-9][0-9]{0,8})/(tile/.{1,64})");
  private static final Pattern OPENING =
      Pattern.compile("([a-z0-9_-]{1,64})/e/([1-9][0-9]{0,8})/opening");

  /// A tile's place.
  record Tile(LogName log, TilePath path) {}

  /// @return empty if it is no key of a tile
  static Optional<Tile> ofTile(String cellDomain, String tenant, byte[] key, int partition) {
    Matcher matcher = TILE.matcher(text(key));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      int epoch = Integer.parseInt(matcher.group(2));
      var origin = new Origin(cellDomain, tenant, matcher.group(1), epoch);
      return Optional.of(
          new Tile(new LogName(origin, partition), TilePath.parse(matcher.group(3))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The log whose epoch is opened.
  ///
  /// @return empty if it is no key of an opening
  static Optional<LogName> ofOpening(String cellDomain, String tenant, byte[] key, int partition) {
    Matcher matcher = OPENING.matcher(text(key));
    return matcher.matches()
        ? Optional.of(
            new LogName(
                new Origin(
                    cellDomain, tenant, matcher.group(1), Integer.parseInt(matcher.group(2))),
                partition))
        : Optional.empty();
  }

  /// The log that a checkpoint names.
  ///
  /// @return empty if that is none of the cell
  static Optional<LogName> ofOrigin(String cellDomain, String origin, int partition) {
    return Origin.parse(origin)
        .filter(log -> log.cellDomain().equals(cellDomain))
        .map(log -> new LogName(log, partition));
  }

  String name() {
    return origin.toString();
  }

  byte[] workspace() {
    return origin.workspace().getBytes(StandardCharsets.UTF_8);
  }

  TopicPartition checkpoints() {
    return new TopicPartition(Topics.checkpoints(origin.tenant()), partition);
  }

  TopicPartition tiles() {
    return new TopicPartition(Topics.tiles(origin.tenant()), partition);
  }

  TopicPartition heads() {
    return new TopicPartition(Topics.treeHeads(origin.tenant()), partition);
  }

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }
}
