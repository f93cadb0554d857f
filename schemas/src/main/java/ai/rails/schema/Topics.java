package ai.rails.schema;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names of the topics. Names are never reused.
public final class Topics {
  /// What a pattern subscription to all tenants' event topics matches.
  public static final Pattern EVENTS = Pattern.compile("t\\.[^.]+\\.events\\.v1");

  /// What a pattern subscription to all tenants' ledgers matches.
  public static final Pattern LEDGERS = Pattern.compile("t\\.[^.]+\\.ledger\\.v1");

  /// What a pattern subscription to all tenants' tiles matches.
  public static final Pattern TILES = Pattern.compile("t\\.[^.]+\\.tiles\\.v1");

  /// What a pattern subscription to all tenants' unsigned heads matches.
  public static final Pattern TREE_HEADS = Pattern.compile("t\\.[^.]+\\.treeheads\\.v1");

  /// What a pattern subscription to all tenants' checkpoints matches.
  public static final Pattern CHECKPOINTS = Pattern.compile("t\\.[^.]+\\.checkpoints\\.v1");

  private static final Pattern OF_TENANT = Pattern.compile("t\\.([^.]+)\\.[a-z.-]+\\.v1");

  /// Longest tenant id: a topic's name has at most 249 characters.
  private static final Pattern TENANT = Pattern.compile("[a-z0-9-]{1,64}");

  private Topics() {}

  public static String events(String tenant) {
    return ofTenant(tenant, "events");
  }

  public static String stepCommands(String tenant) {
    return ofTenant(tenant, "step-commands");
  }

  public static String ledger(String tenant) {
    return ofTenant(tenant, "ledger");
  }

  /// Hash tiles of a tenant's logs.
  public static String tiles(String tenant) {
    return ofTenant(tenant, "tiles");
  }

  /// Unsigned heads of a tenant's logs.
  public static String treeHeads(String tenant) {
    return ofTenant(tenant, "treeheads");
  }

  /// Signed checkpoints of a tenant's logs.
  public static String checkpoints(String tenant) {
    return ofTenant(tenant, "checkpoints");
  }

  /// What a tenant's SIEM subscribes to.
  public static String ocsf(String tenant) {
    return ofTenant(tenant, "ocsf");
  }

  /// New tenants of a cell.
  public static String control(String cell) {
    return "cell.%s.control.v1".formatted(cell);
  }

  /// What stops a workspace's ledger, for people.
  public static String alarms(String cell) {
    return "cell.%s.alarms.v1".formatted(cell);
  }

  /// Whose topic it is, empty if it is no tenant's.
  public static Optional<String> tenant(String topic) {
    Matcher matcher = OF_TENANT.matcher(topic);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /// @throws IllegalArgumentException if the id could reach into another tenant's names
  public static String requireTenant(String tenant) {
    if (!TENANT.matcher(tenant).matches()) {
      throw new IllegalArgumentException(
          "a tenant id is 1 to 64 of a-z, 0-9 and -; it has %d characters"
              .formatted(tenant.length()));
    }
    return tenant;
  }

  private static String ofTenant(String tenant, String stream) {
    return "t.%s.%s.v1".formatted(requireTenant(tenant), stream);
  }
}
