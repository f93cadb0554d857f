package ai.rails.enclave.worker;

import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.access.AccessEvent.RevealGranted;
import ai.rails.domain.access.RevealKind;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.Digests;
import ai.rails.enclave.content.RunContent;
import ai.rails.enclave.release.Released;
import ai.rails.enclave.worker.ControlPlane.Nothing;
import ai.rails.platform.http.Json;
import ai.rails.platform.keys.RevealKey;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Malformed;
import ai.rails.schema.Recorded;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.WorkerProtocol.Part;
import ai.rails.schema.worker.WorkerProtocol.RevealAnswer;
import ai.rails.schema.worker.WorkerProtocol.RevealClaim;
import ai.rails.schema.worker.WorkerProtocol.RevealTask;
import ai.rails.schema.worker.WorkerProtocol.Shown;

/// Seals content to a person's key. What it opens, for whom and until when is what the log's entry
/// says, whose bytes it is shown and to which the result is bound; the rest of the control plane's
/// answer counts for nothing.
final class Revealing {
  private static final Logger LOG = LoggerFactory.getLogger(Revealing.class);
  private static final EventCodec CODEC = new EventCodec();

  private final ControlPlane controlPlane;
  private final Keys keys;
  private final RunKeys runKeys;
  private final InstantSource clock;

  Revealing(ControlPlane controlPlane, Keys keys, InstantSource clock) {
    this.controlPlane = controlPlane;
    this.keys = keys;
    this.runKeys = new RunKeys(controlPlane, keys);
    this.clock = clock;
  }

  /// Does one; what can not be revealed is logged and expires, and the person asks again.
  void reveal(StepCommand command) throws InterruptedException {
    String reveal = command.commandId();
    try {
      if (controlPlane.claim(new RevealClaim(reveal), keys)
          instanceof Answer.Given<RevealTask>(RevealTask task)) {
        byte[] sealed = sealed(command, task);
        Answer<Nothing> _ =
            controlPlane.answer(
                new RevealAnswer(reveal, Base64.getEncoder().encodeToString(sealed)), keys);
        LOG.info("content revealed run={} reveal={}", command.run(), reveal);
      }
    } catch (ContentRefused e) {
      LOG.error("not revealed run={} reveal={} code={}", command.run(), reveal, e.code());
    } catch (ControlPlaneRefused e) {
      LOG.warn("not revealed run={} reveal={} code={}", command.run(), reveal, e.code());
    }
  }

  /// @throws ContentRefused if the entry does not allow exactly this
  byte[] sealed(StepCommand command, RevealTask task) {
    byte[] event = decoded(task.event());
    byte[] publicKey = decoded(task.publicKey());
    RevealGranted granted = granted(command, event);
    byte[] plain = new byte[0];
    try {
      if (!Digests.same(RevealKey.thumbprint(publicKey), granted.keySha256())) {
        throw refused("the key is not the one that the entry names");
      }
      plain = Json.write(new Shown(parts(command, granted, task)));
      return RevealKey.seal(
          publicKey,
          plain,
          RevealKey.info(
              command.tenant(), granted.run(), granted.reveal(), granted.keySha256(), event));
    } catch (GeneralSecurityException e) {
      throw refused("the key is no point of P-256");
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private RevealGranted granted(StepCommand command, byte[] event) {
    try {
      Recorded recorded = CODEC.decode(event);
      if (recorded.event() instanceof RevealGranted granted
          && recorded.header().tenant().equals(command.tenant())
          && granted.run().equals(command.run())
          && granted.reveal().equals(command.commandId())
          && granted.decision().effect() == Effect.ALLOW
          && clock.instant().isBefore(granted.expiresAt())) {
        return granted;
      }
    } catch (Malformed e) {
      throw refused("the entry can not be read");
    }
    throw refused("the entry does not allow this reveal now");
  }

  private List<Part> parts(StepCommand command, RevealGranted granted, RevealTask task) {
    List<Part> parts = new ArrayList<>();
    Optional<RunContent> content =
        task.wrappedRunKey()
            .map(wrapped ->
                new RunContent(
                    runKeys.opened(command.tenant(), granted.run(), wrapped),
                    command.tenant(),
                    granted.run(),
                    runKeys.inherited(command.tenant(), task.inherited())));
    for (String ref : granted.refs()) {
      String ciphertext = task.contents().get(ref);
      if (ciphertext != null) {
        part(command, granted, content, Map.entry(ref, ciphertext)).ifPresent(parts::add);
      }
    }
    if (parts.isEmpty()) {
      throw refused("there is nothing of what the entry names");
    }
    return parts;
  }

  /// Of the calls that lie there only the one of the entry's digest is shown.
  private Optional<Part> part(
      StepCommand command,
      RevealGranted granted,
      Optional<RunContent> content,
      Map.Entry<String, String> sealed) {
    String[] ref = sealed.getKey().split("/", 3);
    if (ref.length > 1 && ref[1].equals("call")) {
      byte[] bytes = open(content, sealed);
      return granted
          .callDigest()
          .filter(digest -> Digests.same(Digests.named(bytes), digest))
          .map(_ -> shown("CALL", ref[0], bytes));
    }
    if (ref.length > 1 && ref[1].equals("output")) {
      return Optional.of(shown("OUTPUT", ref[0], open(content, sealed)));
    }
    if (granted.kind() == RevealKind.THREAD) {
      String info =
          "airails|1|comment|%s|%s|%s".formatted(command.tenant(), granted.run(), granted.name());
      return Optional.of(shown("COMMENT", sealed.getKey(), toRelease(sealed, info)));
    }
    String info = Released.inputOf(command.tenant(), command.artifactDigest(), granted.name());
    return Optional.of(shown("INPUT", granted.name(), toRelease(sealed, info)));
  }

  private static byte[] open(Optional<RunContent> content, Map.Entry<String, String> sealed) {
    return content
        .orElseThrow(() -> refused("the run has no key"))
        .open(sealed.getKey(), sealed.getValue());
  }

  /// What people sealed to the workflow version.
  private byte[] toRelease(Map.Entry<String, String> sealed, String info) {
    try {
      return keys.current()
          .open(Released.RELEASE_KEY, Base64.getDecoder().decode(sealed.getValue()), info);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ContentRefused(
          ContentRefused.Code.CONTENT_NOT_OPENED, sealed.getKey() + " does not open", e);
    }
  }

  private static Part shown(String kind, String name, byte[] bytes) {
    return new Part(kind, name, Base64.getEncoder().encodeToString(bytes));
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw refused("the control plane's answer is not base64");
    }
  }

  private static ContentRefused refused(String why) {
    return new ContentRefused(ContentRefused.Code.REVEAL_REFUSED, why);
  }
}
