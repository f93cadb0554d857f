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
import java.util.Set;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;

/// The connectors that a worker carries, by digest: a workflow pins one digest, and only that
/// manifest is executed. What is revoked while a process runs is not there any more from then on.
/// Thread-safe.
public final class Connectors {
  private static final String INDEX = "/connectors/index.txt";

  private final Map<String, Connector> byDigest;
  private final Supplier<Set<String>> revoked;

  /// @param revoked digests that run nowhere, asked for at each look-up
  Connectors(Collection<Connector> connectors, Supplier<Set<String>> revoked) {
    this.revoked = revoked;
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
    return new Connectors(found.values(), Set::of);
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
    return Optional.ofNullable(byDigest.get(digest)).filter(each -> !isRevoked(each.digest()));
  }

  public Optional<Connector> named(String name, String version) {
    return all().stream()
        .filter(each -> each.name().equals(name) && each.version().equals(version))
        .findFirst();
  }

  /// Whether its publisher or this installation has taken it back.
  public boolean isRevoked(String digest) {
    return revoked.get().contains(digest);
  }

  /// Digests that run nowhere any more, of this build or not.
  public Set<String> revoked() {
    return Set.copyOf(revoked.get());
  }

  public Collection<Connector> all() {
    Set<String> without = revoked.get();
    return byDigest.values().stream().filter(each -> !without.contains(each.digest())).toList();
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
