package ai.rails.enclave.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import ai.rails.enclave.classifier.Classification;
import ai.rails.enclave.classifier.Model;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.enclave.classifier.Ranked;
import ai.rails.enclave.gateway.OfflineModel;

/// The shipped classifier as the model of connectors that reach no host. Thread-safe.
final class OfflineTriage implements OfflineModel {
  private static final int SENTENCES = 3;

  private final Model model;

  /// The shipped model.
  OfflineTriage() {
    this(OfflineClassifier.standard());
  }

  private OfflineTriage(Model model) {
    this.model = model;
  }

  /// The model of a file that [Model#bytes()] gave; its id is the hash of its bytes, and a workflow
  /// pins that id.
  static OfflineTriage of(Path file) throws IOException {
    return new OfflineTriage(Model.read(Files.readAllBytes(file)));
  }

  @Override
  public String id() {
    return model.id();
  }

  @Override
  public String name() {
    return OfflineClassifier.NAME;
  }

  /// Chooses the surest of the asked categories. If the classifier knows none of them it answers
  /// with its own, which the gateway's check of the answer refuses.
  @Override
  public JsonNode triage(JsonNode params) {
    String text =
        params.path("short_description").asText() + "\n" + params.path("description").asText();
    Set<String> asked = new HashSet<>();
    params.path("categories").forEach(category -> asked.add(category.asText()));
    Classification said = model.classify(text);
    Ranked best =
        said.ranking().stream()
            .filter(ranked -> asked.contains(ranked.label()))
            .findFirst()
            .orElseGet(() -> new Ranked(said.label(), said.confidence()));
    return JsonNodeFactory.instance
        .objectNode()
        .put("category", best.label())
        .put("confidence", best.confidence())
        .put("summary", model.summarise(text, SENTENCES).text());
  }
}
