package ai.rails.app.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.NewTopic;

/// The topics that no tenant owns; they exist before the first tenant does.
public record CellTopics(String cell) {
  /// Debezium names it after its topic prefix, `rails`.
  public static final String HEARTBEAT = "__debezium-heartbeat.rails";

  private static final short ONE_COPY = 1;
  private static final Duration A_MONTH = Duration.ofDays(30);

  /// Fed by the outbox of tenant-level events; the provisioner replays it from its beginning.
  public String control() {
    return "cell." + cell + ".control.v1";
  }

  public String alarms() {
    return "cell." + cell + ".alarms.v1";
  }

  public String relayOffsets() {
    return "cell." + cell + ".relay-offsets.v1";
  }

  List<NewTopic> all() {
    return List.of(
        topic(control(), Map.of("retention.ms", "-1", "retention.bytes", "-1")),
        topic(alarms(), retention(A_MONTH)),
        topic(relayOffsets(), Map.of("cleanup.policy", "compact")),
        topic(HEARTBEAT, retention(Duration.ofHours(1))));
  }

  private static Map<String, String> retention(Duration time) {
    return Map.of("retention.ms", String.valueOf(time.toMillis()));
  }

  private static NewTopic topic(String name, Map<String, String> settings) {
    return new NewTopic(name, 1, ONE_COPY).configs(settings);
  }
}
