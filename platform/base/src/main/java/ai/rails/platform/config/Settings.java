package ai.rails.platform.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What a component is started with: a properties file, read with types.
///
/// A wrong or missing value fails at start with its key, the rule and what to do. Values of secret
/// keys never appear in a message or in [#toString()]. Immutable.
public final class Settings {
  /// First words of all keys; a key with another one is a typing error and fails at start.
  public static final Set<String> PREFIXES =
      Set.of(
          "attestation",
          "calls",
          "cell",
          "command",
          "connect",
          "connectors",
          "console",
          "data",
          "demo",
          "egress",
          "environment",
          "evidence",
          "identity",
          "kafka",
          "keys",
          "launcher",
          "ledger",
          "opa",
          "otel",
          "passkeys",
          "policy",
          "postgres",
          "projection",
          "region",
          "relay",
          "runner",
          "siem",
          "signer",
          "stream",
          "tls",
          "tsa",
          "ui",
          "witness",
          "worker");

  private static final Pattern KEY = Pattern.compile("[a-z][A-Za-z0-9]*(\\.[A-Za-z0-9_-]+)*");
  private static final Pattern SECRET =
      Pattern.compile("(password|secret|token|key|credential|private)$", Pattern.CASE_INSENSITIVE);
  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Map<String, String> values;

  private Settings(Map<String, String> values) {
    this.values = values;
  }

  /// Takes settings as they are.
  ///
  /// @throws IllegalArgumentException naming an unknown or malformed key
  public static Settings of(Map<String, String> values) {
    for (String key : values.keySet()) {
      String prefix = key.substring(0, key.indexOf('.') < 0 ? key.length() : key.indexOf('.'));
      if (!KEY.matcher(key).matches() || !PREFIXES.contains(prefix)) {
        throw new IllegalArgumentException(
            "unknown setting %s: keys start with one of %s; correct or remove it"
                .formatted(key, String.join(", ", PREFIXES.stream().sorted().toList())));
      }
    }
    return new Settings(new TreeMap<>(values));
  }

  /// Reads a properties file (ISO 8859-1 with escapes, as [Properties] defines it).
  ///
  /// @throws IOException if it can not be read
  /// @throws IllegalArgumentException naming an unknown or repeated key
  public static Settings load(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException("settings file %s is larger than 1 MiB".formatted(file));
    }
    var properties = new OnceOnly();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    Map<String, String> values = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      values.put(key, properties.getProperty(key).strip());
    }
    return of(values);
  }

  /// A value that must be there.
  ///
  /// @throws IllegalArgumentException if it is missing or empty
  public String required(String key) {
    return text(key)
        .orElseThrow(
            () -> new IllegalArgumentException("setting %s is missing; add it".formatted(key)));
  }

  /// An empty value counts as absent.
  public Optional<String> text(String key) {
    String value = values.get(key);
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  public String text(String key, String otherwise) {
    return text(key).orElse(otherwise);
  }

  public int integer(String key) {
    return parseInteger(key, required(key));
  }

  public int integer(String key, int otherwise) {
    return text(key).map(value -> parseInteger(key, value)).orElse(otherwise);
  }

  /// A TCP port; 0 lets the system choose.
  public int port(String key) {
    int port = integer(key);
    if (port < 0 || port > 65_535) {
      throw wrong(key, "a TCP port, 0 to 65535");
    }
    return port;
  }

  /// `true` or `false`, nothing else: a mistyped switch must not fall to its default.
  public boolean flag(String key, boolean otherwise) {
    return text(key)
        .map(value ->
            switch (value) {
              case "true" -> true;
              case "false" -> false;
              default -> throw wrong(key, "true or false");
            })
        .orElse(otherwise);
  }

  /// An ISO 8601 duration, for example `PT30S`.
  public Duration duration(String key, Duration otherwise) {
    return text(key)
        .map(value -> {
          try {
            return Duration.parse(value);
          } catch (DateTimeParseException e) {
            throw wrong(key, "an ISO 8601 duration like PT30S");
          }
        })
        .orElse(otherwise);
  }

  public Path path(String key) {
    return Path.of(required(key));
  }

  /// An absolute `http` or `https` address.
  public URI address(String key) {
    try {
      URI uri = URI.create(required(key));
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(key, "an absolute http or https address");
    }
    throw wrong(key, "an absolute http or https address");
  }

  /// Bytes in base64 (standard alphabet, padded).
  public byte[] base64(String key) {
    try {
      return Base64.getDecoder().decode(required(key));
    } catch (IllegalArgumentException e) {
      throw wrong(key, "base64 (standard alphabet, padded)");
    }
  }

  /// All values whose key starts with `prefix`, without it.
  public Map<String, String> under(String prefix) {
    Map<String, String> found = new TreeMap<>();
    values.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        found.put(key.substring(prefix.length()), value);
      }
    });
    return found;
  }

  /// Whether a key's value is never shown.
  public static boolean isSecret(String key) {
    return SECRET.matcher(key).find() || key.toLowerCase(Locale.ROOT).contains("password");
  }

  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>();
    values.forEach((key, value) -> shown.put(key, isSecret(key) ? "(hidden)" : value));
    return shown.toString();
  }

  private int parseInteger(String key, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw wrong(key, "an integer");
    }
  }

  private IllegalArgumentException wrong(String key, String rule) {
    String shown = isSecret(key) ? "(hidden)" : values.getOrDefault(key, "");
    return new IllegalArgumentException(
        "setting %s must be %s; it is %s".formatted(key, rule, shown));
  }

  /// A repeated key is an error: which one holds would depend on the order of lines.
  private static final class OnceOnly extends Properties {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Object put(Object key, Object value) {
      if (containsKey(key)) {
        throw new IllegalArgumentException("setting %s is given twice; keep one".formatted(key));
      }
      return super.put(key, value);
    }
  }
}
