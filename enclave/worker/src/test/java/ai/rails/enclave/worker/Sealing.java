package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;

import ai.rails.platform.keys.ContentKey;

/// Opens and seals a run's content as an auditor with the workflow key can.
final class Sealing {
  private Sealing() {}

  static String wrappedRunKey(ContentKey workflowKey) {
    try {
      byte[] wrapped =
          workflowKey.wrap(ContentKey.generate(), ContentKey.runKeyOf(Triage.TENANT, RunDesk.RUN));
      return Base64.getEncoder().encodeToString(wrapped);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String open(
      ContentKey workflowKey, Optional<String> wrappedRunKey, String ref, String ciphertext) {
    try {
      byte[] plain =
          runKey(workflowKey, wrappedRunKey)
              .open(
                  Base64.getDecoder().decode(ciphertext),
                  ContentKey.contentOf(Triage.TENANT, RunDesk.RUN, ref));
      return new String(plain, StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ref + " does not open", e);
    }
  }

  static String seal(
      ContentKey workflowKey, Optional<String> wrappedRunKey, String ref, String plain) {
    try {
      byte[] sealed =
          runKey(workflowKey, wrappedRunKey)
              .seal(
                  plain.getBytes(StandardCharsets.UTF_8),
                  ContentKey.contentOf(Triage.TENANT, RunDesk.RUN, ref));
      return Base64.getEncoder().encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ContentKey runKey(ContentKey workflowKey, Optional<String> wrapped)
      throws GeneralSecurityException {
    return workflowKey.unwrap(
        Base64.getDecoder().decode(wrapped.orElseThrow()),
        ContentKey.runKeyOf(Triage.TENANT, RunDesk.RUN));
  }
}
