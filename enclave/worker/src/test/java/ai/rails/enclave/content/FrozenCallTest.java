package ai.rails.enclave.content;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.Test;

import ai.rails.enclave.content.FrozenCall.Target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A call that is frozen once.
class FrozenCallTest {
  private static final Target TARGET =
      new Target("servicenow", "update-incident", "sha256:aa", "sn-prod", "sn.example.test");
  private static final JsonNode PARAMS =
      JsonNodeFactory.instance.objectNode().put("number", "INC1").put("priority", 1.50);

  @Test
  void itsBytesAreTheCanonicalFormOfItsMembers() {
    FrozenCall call = FrozenCall.freeze(TARGET, PARAMS, new Random(5));

    assertThat(new String(call.bytes(), StandardCharsets.UTF_8))
        .matches(
            "\\{\"action\":\"update-incident\",\"connectorDigest\":\"sha256:aa\","
                + "\"host\":\"sn.example.test\",\"instance\":\"sn-prod\","
                + "\"params\":\\{\"number\":\"INC1\",\"priority\":1.5},"
                + "\"salt32\":\"[A-Za-z0-9+/]{43}=\",\"tool\":\"servicenow\"}");
    assertThat(call.digest()).isEqualTo(Digests.named(call.bytes()));
  }

  @Test
  void equalParametersFrozenTwiceHaveDifferentDigests() {
    var random = new Random(5);

    assertThat(FrozenCall.freeze(TARGET, PARAMS, random).digest())
        .isNotEqualTo(FrozenCall.freeze(TARGET, PARAMS, random).digest());
  }

  @Test
  void itThawsToItself() {
    FrozenCall call = FrozenCall.freeze(TARGET, PARAMS, new Random(5));

    FrozenCall thawed = FrozenCall.thaw(call.bytes(), call.digest());

    assertThat(thawed.target()).isEqualTo(TARGET);
    assertThat(thawed.params()).isEqualTo(PARAMS);
    assertThat(thawed.bytes()).isEqualTo(call.bytes());
  }

  @Test
  void bytesThatDifferFromTheDigestAreRefused() {
    FrozenCall call = FrozenCall.freeze(TARGET, PARAMS, new Random(5));
    byte[] altered = call.bytes();
    altered[10] ^= 1;

    assertThatThrownBy(() -> FrozenCall.thaw(altered, call.digest()))
        .isInstanceOf(ContentRefused.class);
  }

  @Test
  void bytesOfAnotherShapeAreRefusedEvenUnderTheirOwnDigest() {
    byte[] other = "{\"params\":{}}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> FrozenCall.thaw(other, Digests.named(other)))
        .isInstanceOf(ContentRefused.class)
        .hasMessageContaining("lacks a member");
  }

  @Test
  void aParameterWithoutACanonicalFormIsRefused() {
    JsonNode big = JsonNodeFactory.instance.objectNode().put("id", (1L << 53) + 1);

    assertThatThrownBy(() -> FrozenCall.freeze(TARGET, big, new Random(5)))
        .isInstanceOf(ContentRefused.class);
  }
}
