package ai.rails.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;

import ai.rails.attestation.Guest;
import ai.rails.attestation.format.Bytes;

/// The image that simulated workers claim to be. Its measurements are of two words and not of any
/// code: what runs in such a guest is whatever was started.
public final class SimulatedImage {
  private static final int BOOT = 2;

  private SimulatedImage() {}

  /// A guest of this image, launched for one purpose.
  ///
  /// @param configId 48 bytes, as [Guest#mrConfigId] makes them
  public static Td launched(Bytes configId) {
    return Td.launched(measured("SHA-384", "AI Rails simulated firmware, 1"))
        .extend(BOOT, measured("SHA-384", "AI Rails simulated worker image, 1"))
        .withConfigId(configId);
  }

  /// Another image, one that nobody released.
  public static Td tampered(Bytes configId) {
    return launched(configId).extend(BOOT, measured("SHA-384", "something else"));
  }

  /// Its name, as policy lists it.
  public static String name() {
    Td td = launched(Bytes.copyOf(new byte[48]));
    return Guest.tdxImage(td.mrTd(), List.copyOf(td.rtMr()));
  }

  private static Bytes measured(String algorithm, String word) {
    return Bytes.copyOf(Bytes.digest(algorithm).digest(word.getBytes(StandardCharsets.UTF_8)));
  }
}
