package ai.rails.app.bench;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;

import ai.rails.enclave.content.RunContent;
import ai.rails.platform.keys.ContentKey;

/// What it costs a step that its content is sealed.
public final class Sealing {
  private static final int STEP_BYTES = 4096;
  private static final int STEPS = 20_000;

  private Sealing() {}

  /// Opening 4 KiB of input and sealing 4 KiB of output under a run key, in microseconds.
  public static double microsPerStep() throws GeneralSecurityException {
    var content = new RunContent(ContentKey.generate(), "t", "r");
    byte[] step = new byte[STEP_BYTES];
    new SecureRandom().nextBytes(step);
    String input = content.seal("in", step).ciphertext();
    double nanos = 0;
    for (int round = 0; round < 2; round++) {
      long began = System.nanoTime();
      for (int i = 0; i < STEPS; i++) {
        if (content.open("in", input).length != STEP_BYTES
            || content.seal("out", step).ciphertext().isEmpty()) {
          throw new IllegalStateException("content does not open");
        }
      }
      nanos = System.nanoTime() - began;
    }
    return nanos / STEPS / 1e3;
  }
}
