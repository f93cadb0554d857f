package ai.rails.enclave.worker;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.workflow.Step;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.enclave.content.Digests;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.content.Scope;
import ai.rails.enclave.release.Released;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.GateView;

/// Opens what a step's values and rules may look into.
final class Scopes {
  private final Keys keys;

  Scopes(Keys keys) {
    this.keys = keys;
  }

  /// Everything: inputs and the outputs of completed steps, opened.
  JsonNode content(Work work) {
    return opened(work).json();
  }

  /// For a proof: everything, and under `evidence` what each completed step left.
  JsonNode proof(Work work) {
    return opened(work).withEvidence(evidence(work.claimed())).json();
  }

  /// For a gate's card: disclosed fields, the gate, and the parameters that the guarded call
  /// declares as revealed, out of exactly the bytes that are to be approved.
  JsonNode card(Work work, GateView gate) {
    Claimed claimed = work.claimed();
    Scope scope = Scope.of(work.artifact().workflow(), work.artifact().instances(), claimed);
    claimed.steps().forEach(scope::withDisclosed);
    return scope.withGate(gate, revealed(work, gate)).json();
  }

  /// Names and digests of completed steps' outputs.
  static ObjectNode evidence(Claimed claimed) {
    ObjectNode evidence = ContentJson.MAPPER.createObjectNode();
    claimed
        .outputs()
        .forEach((step, ref) -> {
          byte[] sealed = Base64.getDecoder().decode(ciphertext(claimed, ref));
          evidence
              .putObject(step)
              .put("ref", ref)
              .put("ciphertextSha256", HexFormat.of().formatHex(Digests.sha256(sealed)))
              .put("bytes", sealed.length);
        });
    return evidence;
  }

  private Scope opened(Work work) {
    Claimed claimed = work.claimed();
    Scope scope = Scope.of(work.artifact().workflow(), work.artifact().instances(), claimed);
    claimed.sealedInputs().forEach((name, ref) -> scope.withInput(name, input(work, name, ref)));
    claimed
        .outputs()
        .forEach((step, ref) ->
            scope.withStep(step, work.content().openJson(ref, ciphertext(claimed, ref))));
    return scope;
  }

  private JsonNode input(Work work, String name, String ref) {
    Claimed claimed = work.claimed();
    String info = Released.inputOf(claimed.tenant(), claimed.artifactDigest(), name);
    try {
      byte[] sealed = Base64.getDecoder().decode(ciphertext(claimed, ref));
      return ContentJson.MAPPER.readTree(keys.current().open(Released.RELEASE_KEY, sealed, info));
    } catch (IOException e) {
      throw new ContentRefused(Code.CONTENT_MALFORMED, "input %s is not JSON".formatted(name));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ContentRefused(
          Code.CONTENT_NOT_OPENED,
          "input %s was not sealed to this release for this workflow version".formatted(name),
          e);
    }
  }

  private static JsonNode revealed(Work work, GateView gate) {
    Step guarded = work.step(gate.forStep());
    ObjectNode revealed = ContentJson.MAPPER.createObjectNode();
    Step.Call call =
        guarded
            .call()
            .orElseThrow(() -> new StepRefused("STEP_UNKNOWN", gate.forStep() + " makes no call"));
    if (call.reveal().isEmpty()) {
      return revealed;
    }
    JsonNode params = guarded(work, gate).params();
    call.reveal().forEach(name -> revealed.set(name, params.path(name)));
    return revealed;
  }

  private static FrozenCall guarded(Work work, GateView gate) {
    for (Map.Entry<String, String> content : work.claimed().contents().entrySet()) {
      if (content.getKey().startsWith(gate.forStep() + "/call/")) {
        byte[] bytes = work.content().open(content.getKey(), content.getValue());
        if (Digests.same(Digests.named(bytes), gate.callDigest())) {
          return FrozenCall.thaw(bytes, gate.callDigest());
        }
      }
    }
    throw new ContentRefused(
        Code.FROZEN_CALL_DIFFERS,
        "the claim of gate %s lacks the frozen call %s that its card is to reveal"
            .formatted(gate.gate(), gate.callDigest()));
  }

  static String ciphertext(Claimed claimed, String ref) {
    String ciphertext = claimed.contents().get(ref);
    if (ciphertext == null) {
      throw new ContentRefused(Code.CONTENT_NOT_OPENED, "the claim lacks content " + ref);
    }
    return ciphertext;
  }
}
