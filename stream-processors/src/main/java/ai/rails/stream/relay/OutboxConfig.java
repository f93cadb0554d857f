package ai.rails.stream.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The connector's configuration: the file that Kafka Connect takes too, with `${file:path:key}`
/// resolved from our own configuration, as Connect's file provider does from that file.
final class OutboxConfig {
  private static final Pattern FROM_FILE = Pattern.compile("\\$\\{file:[^:}]*:([^}]*)}");

  private OutboxConfig() {}

  /// @throws IllegalStateException if a key that the file names is not configured
  static Map<String, String> resolve(Properties config) {
    var resolved = new HashMap<String, String>();
    Properties file = file();
    for (String key : file.stringPropertyNames()) {
      resolved.put(key, resolve(file.getProperty(key), config));
    }
    return resolved;
  }

  private static String resolve(String value, Properties config) {
    return FROM_FILE
        .matcher(value)
        .replaceAll(match -> Matcher.quoteReplacement(required(config, match.group(1))));
  }

  private static String required(Properties config, String key) {
    String value = config.getProperty(key);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(key + " is not configured; the relay needs it");
    }
    return value;
  }

  private static Properties file() {
    var properties = new Properties();
    try (InputStream in = OutboxConfig.class.getResourceAsStream("outbox.properties")) {
      if (in == null) {
        throw new IllegalStateException("outbox.properties is not on the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read outbox.properties", e);
    }
    return properties;
  }
}
