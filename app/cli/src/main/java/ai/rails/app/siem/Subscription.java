package ai.rails.app.siem;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import ai.rails.schema.Topics;

/// What a SIEM needs to know to subscribe, but for the password.
///
/// @param bootstrap brokers, `host:port` with commas between
/// @param ca PEM file with the brokers' authority, where the SIEM finds it
record Subscription(String tenant, String name, String bootstrap, String ca) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_]{0,31}");
  private static final Pattern BOOTSTRAP =
      Pattern.compile("[A-Za-z0-9.-]{1,253}:[0-9]{1,5}(,[A-Za-z0-9.-]{1,253}:[0-9]{1,5}){0,31}");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_./ :\\\\-]{1,300}");

  Subscription {
    Topics.requireTenant(tenant);
    require(NAME, "name", name, "1 to 32 lower-case letters, digits or underscores");
    require(BOOTSTRAP, "bootstrap servers", bootstrap, "host:port, with commas between");
    require(FILE, "CA file", ca, "a plain path");
  }

  String principal() {
    return "siem-%s-%s".formatted(tenant, name);
  }

  String ocsf() {
    return Topics.ocsf(tenant);
  }

  String checkpoints() {
    return Topics.checkpoints(tenant);
  }

  /// A consumer group of the subscriber; every other one that begins with `siem.<tenant>.` will do.
  String group(String tool) {
    return "siem.%s.%s-%s".formatted(tenant, name, tool);
  }

  Map<String, String> values(String tool) {
    return Map.of(
        "BOOTSTRAP", bootstrap,
        "BOOTSTRAP_LIST", "[\"" + String.join("\", \"", List.of(bootstrap.split(",", -1))) + "\"]",
        "CA", ca.replace("\\", "/"),
        "CHECKPOINTS", checkpoints(),
        "GROUP", group(tool),
        "OCSF", ocsf(),
        "PRINCIPAL", principal(),
        "TENANT", tenant);
  }

  private static void require(Pattern pattern, String what, String value, String form) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException("%s must be %s".formatted(what, form));
    }
  }
}
