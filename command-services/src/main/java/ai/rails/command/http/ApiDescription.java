package ai.rails.command.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import ai.rails.platform.http.Json;

/// The descriptions of the write side's endpoints, as module `schemas` carries them.
public final class ApiDescription {
  private static final String FOLDER = "/ai/rails/schema/openapi/";

  private ApiDescription() {}

  /// What clients call.
  public static ObjectNode clients() {
    return read("airails.yaml");
  }

  /// What workers call.
  public static ObjectNode workers() {
    return read("worker.yaml");
  }

  private static ObjectNode read(String name) {
    try (InputStream in = ApiDescription.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks " + name);
      }
      Object tree = new Load(LoadSettings.builder().setLabel(name).build()).loadFromInputStream(in);
      if (Json.tree(Json.write(tree)) instanceof ObjectNode description) {
        return description;
      }
      throw new IllegalStateException(name + " is no object");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
