package ai.rails.connector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/// The connectors that a worker carries, by digest: a workflow pins one digest, and only that
/// manifest is executed. Immutable.
public final class Connectors {
  private static final String INDEX = "/connectors/index.txt";

  private final Map<String, Connector> byDigest;

  Connectors(Collection<Connector> connectors) {
    Map<String, Connector> found = new LinkedHashMap<>();
    connectors.forEach(each -> found.put(each.digest(), each));
    this.byDigest = Collections.unmodifiableMap(found);
  }

  /// The connectors of this build: those named in `connectors/index.txt`.
  ///
  /// @throws IllegalStateException if a manifest or prompt is missing, altered or wrong
  public static Connectors builtIn() {
    Map<String, Connector> found = new LinkedHashMap<>();
    new String(resource(INDEX), StandardCharsets.UTF_8)
        .lines()
        .filter(each -> !each.isBlank())
        .forEach(each -> found.put(each, read(resource("/connectors/" + each + ".json"))));
    return new Connectors(found.values());
  }

  /// Reads one manifest, checked in every respect but its JSON Schemas.
  ///
  /// @throws IllegalArgumentException naming the connector and the rule it breaks
  public static Connector read(byte[] json) {
    try {
      JsonNode tree = ManifestJson.tree(json);
      Manifest manifest = ManifestJson.MAPPER.treeToValue(tree, Manifest.class);
      ManifestRules.check(manifest);
      return new Connector(manifest, ManifestJson.digest(tree), prompts(manifest));
    } catch (IOException e) {
      throw new IllegalArgumentException("not a connector's manifest: " + e.getMessage(), e);
    }
  }

  /// The connector that a workflow pinned.
  public Optional<Connector> byDigest(String digest) {
    return Optional.ofNullable(byDigest.get(digest));
  }

  public Optional<Connector> named(String name, String version) {
    return byDigest.values().stream()
        .filter(each -> each.name().equals(name) && each.version().equals(version))
        .findFirst();
  }

  public Collection<Connector> all() {
    return byDigest.values();
  }

  private static Map<String, String> prompts(Manifest manifest) {
    Map<String, String> texts = new HashMap<>();
    manifest
        .prompts()
        .forEach((name, prompt) -> {
          byte[] text = resource("/" + prompt.resource());
          if (!ManifestJson.sha256(text).equals(prompt.sha256())) {
            throw new IllegalArgumentException(
                "%s pins prompt %s by another hash than %s; publish a new version"
                    .formatted(manifest.connector(), name, ManifestJson.sha256(text)));
          }
          texts.put(name, new String(text, StandardCharsets.UTF_8).strip());
        });
    return texts;
  }

  static byte[] resource(String name) {
    try (InputStream in = Connectors.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
