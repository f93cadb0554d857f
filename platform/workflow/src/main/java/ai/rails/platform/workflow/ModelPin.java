package ai.rails.platform.workflow;

import java.util.regex.Pattern;

/// Tells a pinned model from a floating name behind which the vendor changes the model.
final class ModelPin {
  static final String HINT =
      "a model with its date, exact version or digest, such as gpt-4.1-2025-04-14";

  // A date (2025-04-14, 20250929, 0613), a version of three parts, or a digest at the end.
  private static final Pattern PINNED =
      Pattern.compile(
          ".*(-\\d{4}-\\d{2}-\\d{2}|-\\d{8}|-\\d{4}|-v?\\d+\\.\\d+\\.\\d+|@sha256:[0-9a-f]{64})");

  private ModelPin() {}

  static boolean isPinned(String model) {
    return PINNED.matcher(model).matches() && !model.contains("latest");
  }
}
