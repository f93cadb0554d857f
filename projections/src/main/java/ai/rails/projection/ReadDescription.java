package ai.rails.projection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import ai.rails.platform.http.Json;

/// The description of the read side's endpoints, as module `schemas` carries it.
final class ReadDescription {
  private static final String FILE = "/ai/rails/schema/openapi/read.yaml";

  private ReadDescription() {}

  static ObjectNode load() {
    try (InputStream in = ReadDescription.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks " + FILE);
      }
      Object tree = new Load(LoadSettings.builder().setLabel(FILE).build()).loadFromInputStream(in);
      if (Json.tree(Json.write(tree)) instanceof ObjectNode description) {
        return description;
      }
      throw new IllegalStateException(FILE + " is no object");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
