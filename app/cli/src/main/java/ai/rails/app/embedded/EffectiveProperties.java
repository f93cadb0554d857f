package ai.rails.app.embedded;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The one file a component starts from: sorted `key=value` lines, readable by its owner only
/// because passwords are in it.
public record EffectiveProperties(SortedMap<String, String> values) {
  public static final String FILE_NAME = "effective.properties";

  public EffectiveProperties {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  public static EffectiveProperties empty() {
    return new EffectiveProperties(new TreeMap<>());
  }

  public static EffectiveProperties load(Path file) {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    var values = new TreeMap<String, String>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return new EffectiveProperties(values);
  }

  public EffectiveProperties with(String key, String value) {
    return with(Map.of(key, value));
  }

  public EffectiveProperties with(Map<String, String> more) {
    var merged = new TreeMap<>(values);
    merged.putAll(more);
    return new EffectiveProperties(merged);
  }

  public Optional<String> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  public String require(String key) {
    return find(key)
        .orElseThrow(() ->
            new IllegalStateException(
                key + " is missing in " + FILE_NAME + "; start again with: rails up"));
  }

  public int requireInt(String key) {
    return Integer.parseInt(require(key));
  }

  public void write(Path file) {
    PrivateFile.write(file, text());
  }

  /// The JDK's own format without the date it puts on top: equal values give equal bytes.
  private String text() {
    var properties = new Properties();
    properties.putAll(values);
    var text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .sorted()
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
