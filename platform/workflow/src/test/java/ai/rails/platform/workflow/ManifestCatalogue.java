package ai.rails.platform.workflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;

/// The manifests that this product ships, read as files: this module may not depend on theirs.
final class ManifestCatalogue implements ConnectorCatalogue {
  private static final Path MANIFESTS =
      Path.of("../../enclave/connectors/src/main/resources/connectors");

  @Override
  public Optional<ActionType> action(String connector, String version, String action) {
    return manifest(connector, version)
        .map(manifest -> manifest.path("actions").path(action))
        .filter(JsonNode::isObject)
        .map(ManifestCatalogue::type);
  }

  @Override
  public Optional<String> digest(String connector, String version) {
    return manifest(connector, version)
        .map(manifest -> "sha256:" + CanonicalJson.sha256(CanonicalJson.bytes(manifest)));
  }

  private static ActionType type(JsonNode action) {
    Map<String, Field> disclosable = new HashMap<>();
    action
        .path("disclosable")
        .propertyStream()
        .forEach(field ->
            disclosable.put(
                field.getKey(),
                new Field(Field.Type.valueOf(field.getValue().path("type").asText()), List.of())));
    return new ActionType(
        action.path("parameters"),
        action.path("result"),
        ActionType.Effect.valueOf(action.path("effect").asText().toUpperCase(Locale.ROOT)),
        IdempotencyClass.valueOf(action.path("class").asText()),
        action.path("risk").asText().toUpperCase(Locale.ROOT),
        disclosable,
        action.path("requests").size());
  }

  private static Optional<JsonNode> manifest(String connector, String version) {
    Path file = MANIFESTS.resolve(connector).resolve(version + ".json");
    try {
      return Files.exists(file)
          ? Optional.of(StrictJson.read(Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
