package ai.rails.enclave.release;

import java.util.Base64;
import java.util.Map;

import ai.rails.domain.Refused;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.Digests;
import ai.rails.platform.workflow.ArtifactCodec;
import ai.rails.schema.worker.WorkerProtocol.Instance;
import ai.rails.schema.worker.WorkerProtocol.Release;

/// The one workflow version that this worker runs, and the connector instances it may use.
///
/// @param instances connector alias to the tenant's instance
public record BoundArtifact(String digest, Workflow workflow, Map<String, Instance> instances) {
  public BoundArtifact {
    instances = Map.copyOf(instances);
  }

  /// Checks everything about an artifact before a byte of it is used: its digest is the one that
  /// this worker is bound to, the publisher signed it, and each connector has the pinned manifest
  /// and instance.
  ///
  /// @param digest what the worker is bound to
  /// @param signingKey the publisher's Ed25519 public key, which is not taken from the control
  ///   plane
  /// @throws ReleaseRefused naming what differs
  public static BoundArtifact verified(Release release, String digest, byte[] signingKey) {
    byte[] artifact = decode(release.artifact(), "artifact");
    if (!Digests.same(Digests.named(artifact), digest)
        || !Digests.same(release.artifactDigest(), digest)) {
      throw new ReleaseRefused(
          "the artifact's digest is %s, this worker is bound to %s: nothing runs"
              .formatted(Digests.named(artifact), digest));
    }
    Workflow workflow = load(release, artifact, digest, signingKey);
    workflow.connectors().forEach((alias, pin) -> requirePinned(alias, pin, release.instances()));
    return new BoundArtifact(digest, workflow, release.instances());
  }

  private static Workflow load(Release release, byte[] artifact, String digest, byte[] signingKey) {
    try {
      return ArtifactCodec.load(
          artifact, digest, decode(release.signature(), "signature"), signingKey);
    } catch (Refused e) {
      throw new ReleaseRefused(
          "artifact %s is not as the configured publisher signed it (it names key %s): %s"
              .formatted(digest, release.signingKeyId(), e.getMessage()),
          e);
    }
  }

  private static void requirePinned(
      String alias, ConnectorPin pin, Map<String, Instance> instances) {
    Instance instance = instances.get(alias);
    if (instance == null) {
      throw new ReleaseRefused(
          "connector %s has no instance; create instance %s".formatted(alias, pin.instance()));
    }
    if (!Digests.same(instance.connectorDigest(), pin.digest())
        || !instance.connector().equals(pin.connector())
        || !instance.instance().equals(pin.instance())) {
      throw new ReleaseRefused(
          "connector %s: the workflow pins %s %s at instance %s, the tenant has %s %s at %s"
              .formatted(
                  alias,
                  pin.connector(),
                  pin.digest(),
                  pin.instance(),
                  instance.connector(),
                  instance.connectorDigest(),
                  instance.instance()));
    }
  }

  private static byte[] decode(String base64, String what) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ReleaseRefused("the %s is not base64".formatted(what), e);
    }
  }
}
