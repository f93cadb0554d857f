package ai.rails.app.demo;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.enclave.classifier.Model;

/// The model that the flagship asks: the built-in classifier inside the worker, or a language model
/// through the gateway, which here is a stand-in of its vendor.
///
/// @param connector its connector
/// @param instance id of the connector instance
/// @param host where it is reached
/// @param model pinned id
/// @param apiKey absent for the built-in classifier
/// @param parameters what its connector takes beside the ticket
/// @param version of the workflow that pins it
public record PinnedModel(
    String connector,
    String instance,
    String host,
    String model,
    Optional<String> apiKey,
    Map<String, String> parameters,
    String version) {
  private static final String PACK = "1.0.0";
  private static final String GPT = "gpt-4.1-mini-2025-04-14";
  private static final String CLAUDE = "claude-haiku-4-5-20251001";

  public PinnedModel {
    parameters = Map.copyOf(parameters);
  }

  /// Who answers.
  public enum Provider {
    OFFLINE_CLASSIFIER,
    OPENAI,
    AZURE_OPENAI,
    ANTHROPIC;

    /// As it is written on the command line.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// The built-in classifier as it was trained.
  public static PinnedModel offline(Model model) {
    int build = Integer.parseInt(model.id().substring(model.id().length() - 4), 16);
    boolean packs = Flagship.Source.pins(model.id());
    return new PinnedModel(
        "offline-classifier",
        "offline-classifier",
        "offline.airails.internal",
        model.id(),
        Optional.empty(),
        Map.of(),
        packs ? PACK : "1.1." + build);
  }

  /// A vendor's model.
  public static PinnedModel of(Provider provider, Model offline) {
    return switch (provider) {
      case OFFLINE_CLASSIFIER -> offline(offline);
      case OPENAI -> vendors("openai", World.OPENAI_HOST, GPT, World.OPENAI_KEY, "1.2.0");
      case AZURE_OPENAI ->
          vendors("azure-openai", World.AZURE_HOST, GPT, World.AZURE_KEY, "1.3.0")
              .with("deployment", World.AZURE_DEPLOYMENT);
      case ANTHROPIC ->
          vendors("anthropic", World.ANTHROPIC_HOST, CLAUDE, World.ANTHROPIC_KEY, "1.4.0");
    };
  }

  private static PinnedModel vendors(
      String connector, String host, String model, String apiKey, String version) {
    return new PinnedModel(
        connector,
        connector + "-main",
        host,
        model,
        Optional.of(apiKey),
        Map.of("model", model, "max_output_tokens", "512"),
        version);
  }

  private PinnedModel with(String name, String value) {
    Map<String, String> more = new TreeMap<>(parameters);
    more.put(name, value);
    return new PinnedModel(connector, instance, host, model, apiKey, more, version);
  }

  /// Whether a stand-in answers in a vendor's place.
  public boolean simulated() {
    return apiKey.isPresent();
  }

  /// How it is named where its figures are shown.
  public String shown() {
    return simulated() ? model + " (stand-in)" : model;
  }
}
