package ai.rails.app.demo;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

import ai.rails.app.embedded.Unavailable;

/// Ids that the demo made and finds again at its next start.
public final class Kept {
  /// Where the demo keeps its ids, in the data directory.
  public static final String FILE = "demo.properties";

  private final Path file;
  private final Properties values = new Properties();

  public Kept(Path file) {
    this.file = file;
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        values.load(reader);
      } catch (IOException e) {
        throw new Unavailable("%s can not be read; remove it".formatted(file), e);
      }
    }
  }

  public Optional<String> find(String name) {
    return Optional.ofNullable(values.getProperty(name));
  }

  public String of(String name, Supplier<String> otherwise) {
    String known = values.getProperty(name);
    if (known != null) {
      return known;
    }
    String made = otherwise.get();
    values.setProperty(name, made);
    try (Writer writer = Files.newBufferedWriter(file)) {
      values.store(writer, "ids of the demo's tenant");
    } catch (IOException e) {
      throw new Unavailable("%s can not be written".formatted(file), e);
    }
    return made;
  }
}
