package ai.rails.command.key;

import java.security.GeneralSecurityException;
import java.util.Optional;

import ai.rails.platform.http.Unavailable;
import ai.rails.platform.keys.ContentKey;
import ai.rails.platform.keys.HpkeKeyPair;

/// What is kept for a tenant under its key-encryption key; each thing opens only in its place.
///
/// Safe for use by several threads.
public final class TenantSecrets {
  private final Kms kms;

  public TenantSecrets(Kms kms) {
    this.kms = kms;
  }

  /// A key pair to which clients seal: the public half for them, the private half wrapped.
  @SuppressWarnings("ArrayRecordComponent")
  public record IngestKey(byte[] publicKey, byte[] wrappedPrivate) {}

  /// Makes the ingest key of a connector instance.
  public IngestKey newInstanceKey(String tenant, String instance) {
    return newKey(tenant, place("instance", tenant, instance));
  }

  /// Makes the ingest key of a workflow version.
  public IngestKey newReleaseKey(String tenant, String artifactDigest) {
    return newKey(tenant, place("release", tenant, artifactDigest));
  }

  /// Wraps the secret with which an instance's webhooks are signed.
  public byte[] wrapWebhookSecret(String tenant, String instance, byte[] secret) {
    return run(() -> {
      kms.create(tenant);
      return kms.wrap(tenant, secret, place("webhook", tenant, instance));
    });
  }

  /// Opens a webhook secret, to verify one request.
  ///
  /// @throws Unavailable if it can not be opened: nothing is verified then, and nothing accepted
  public byte[] openWebhookSecret(String tenant, String instance, byte[] wrapped) {
    return run(() -> kms.unwrap(tenant, wrapped, place("webhook", tenant, instance)));
  }

  /// Wraps the tokens with which the control plane speaks to an instance's other side.
  public byte[] wrapAppTokens(String tenant, String instance, byte[] tokens) {
    return run(() -> {
      kms.create(tenant);
      return kms.wrap(tenant, tokens, place("app-tokens", tenant, instance));
    });
  }

  /// @throws Unavailable if they can not be opened
  public byte[] openAppTokens(String tenant, String instance, byte[] wrapped) {
    return run(() -> kms.unwrap(tenant, wrapped, place("app-tokens", tenant, instance)));
  }

  /// A name of the tenant's key-encryption key; empty if it never had one, or has no more.
  public Optional<String> keyId(String tenant) {
    return run(() -> kms.id(tenant));
  }

  /// Destroys the tenant's key-encryption key, and tries what it had wrapped.
  ///
  /// @return how many things that it opened before it no longer opens; 0 if there was no key any
  ///   more, so that nothing could be tried
  /// @throws Unavailable if it was not destroyed; ask again
  public int destroy(String tenant) {
    return run(() -> {
      if (kms.id(tenant).isEmpty()) {
        kms.destroy(tenant);
        return 0;
      }
      String place = place("probe", tenant, "offboarding");
      byte[] probe = kms.wrap(tenant, new byte[32], place);
      kms.destroy(tenant);
      try {
        byte[] _ = kms.unwrap(tenant, probe, place);
      } catch (GeneralSecurityException e) {
        return 1;
      }
      throw new GeneralSecurityException("a destroyed key still opens what it wrapped");
    });
  }

  byte[] newWorkflowKey(String tenant, String digest) {
    return run(() -> {
      kms.create(tenant);
      return kms.wrap(
          tenant, ContentKey.generate().export(), place("workflow-key", tenant, digest));
    });
  }

  byte[] openWorkflowKey(String tenant, String digest, byte[] wrapped) {
    return run(() -> kms.unwrap(tenant, wrapped, place("workflow-key", tenant, digest)));
  }

  byte[] openInstanceKey(String tenant, String instance, byte[] wrapped) {
    return run(() -> kms.unwrap(tenant, wrapped, place("instance", tenant, instance)));
  }

  byte[] openReleaseKey(String tenant, String digest, byte[] wrapped) {
    return run(() -> kms.unwrap(tenant, wrapped, place("release", tenant, digest)));
  }

  private IngestKey newKey(String tenant, String place) {
    return run(() -> {
      kms.create(tenant);
      HpkeKeyPair pair = HpkeKeyPair.generate();
      return new IngestKey(pair.publicKey(), kms.wrap(tenant, pair.exportPrivate(), place));
    });
  }

  private static String place(String kind, String tenant, String id) {
    return "airails|1|%s|%s|%s".formatted(kind, tenant, id);
  }

  private static <T> T run(Work<T> work) {
    try {
      return work.run();
    } catch (GeneralSecurityException e) {
      throw new Unavailable("the key management service refused", e);
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws GeneralSecurityException;
  }
}
