package ai.rails.app.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Values made once and found again at every later start. Owned by the launcher; one process
/// writes.
final class KeptProperties {
  private final Path file;
  private EffectiveProperties values;

  private KeptProperties(Path file, EffectiveProperties values) {
    this.file = file;
    this.values = values;
  }

  static KeptProperties open(Path file) {
    return new KeptProperties(
        file, Files.exists(file) ? EffectiveProperties.load(file) : EffectiveProperties.empty());
  }

  synchronized Optional<String> find(String key) {
    return values.find(key);
  }

  /// On disk before anybody uses it: a password that a server knows and we lost locks us out.
  synchronized void keep(String key, String value) {
    EffectiveProperties more = values.with(key, value);
    more.write(file);
    values = more;
  }

  synchronized boolean holds(String value) {
    return values.values().containsValue(value);
  }
}
