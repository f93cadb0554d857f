package ai.rails.command.key;

import java.util.Arrays;
import java.util.List;

import ai.rails.platform.config.Settings;

/// Which workers a newly granted workflow version may get keys for: what the build says of its
/// images. Policy keeps them, by tenant and environment.
///
/// @param kinds of evidence: `TDX`, `SEV_SNP`, `SIMULATOR`
/// @param measurements names of images
public record ReferenceValues(List<String> kinds, List<String> measurements) {
  private static final int MOST = 32;

  public ReferenceValues {
    kinds = List.copyOf(kinds);
    measurements = List.copyOf(measurements);
    if (kinds.size() > MOST || measurements.size() > MOST) {
      throw new IllegalArgumentException(
          "attestation.kinds and attestation.measurements list at most %d values".formatted(MOST));
    }
  }

  /// `attestation.kinds` and `attestation.measurements`, with commas; none of either admits nobody.
  public static ReferenceValues of(Settings settings) {
    return new ReferenceValues(
        list(settings, "attestation.kinds"), list(settings, "attestation.measurements"));
  }

  private static List<String> list(Settings settings, String key) {
    return Arrays.stream(settings.text(key, "").split(","))
        .map(String::strip)
        .filter(each -> !each.isEmpty())
        .toList();
  }
}
