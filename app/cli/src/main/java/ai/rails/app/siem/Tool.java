package ai.rails.app.siem;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What a ready configuration is made for.
enum Tool {
  SPLUNK("splunk.yaml"),
  ELASTIC("elastic.yaml"),
  VECTOR("vector.toml"),
  SENTINEL("sentinel.conf");

  private final String template;

  Tool(String template) {
    this.template = template;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String file() {
    return "airails-" + template;
  }

  /// A configuration that works as it is once the password and the SIEM's own secrets are in the
  /// environment. It holds no secret.
  String configuration(Subscription subscription) {
    String text = text();
    for (Map.Entry<String, String> value : subscription.values(word()).entrySet()) {
      text = text.replace("@" + value.getKey() + "@", value.getValue());
    }
    return text;
  }

  private String text() {
    try (InputStream in = Tool.class.getResourceAsStream(template)) {
      return new String(
          Objects.requireNonNull(in, template).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the template of " + word(), e);
    }
  }
}
