package ai.rails.attestation;

import org.junit.jupiter.api.Test;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Json;
import ai.rails.attestation.format.Malformed;

import static org.assertj.core.api.Assertions.assertThat;

final class TranscriptTest {
  @Test
  void reportDataIsThatOfEveryVector() throws Exception {
    int vectors = 0;
    for (Json each : Json.object(Bytes.copyOf(Samples.bytes("binding.json"))).list("vectors")) {
      Json.Members vector = each.asObject();
      var transcript =
          new Transcript(
              hex(vector, "nonce"),
              vector.text("audience"),
              vector.text("workerInstanceId"),
              hex(vector, "hpkeSuite"),
              hex(vector, "hpkePublicKey"),
              hex(vector, "tlsSpkiSha256"),
              hex(vector, "claimsSha256"));

      assertThat(transcript.reportData().hex())
          .as(vector.text("name"))
          .isEqualTo(vector.text("reportData"));
      vectors++;
    }
    assertThat(vectors).isGreaterThan(3);
  }

  private static Bytes hex(Json.Members vector, String name) throws Malformed {
    String text = vector.text(name);
    return Bytes.ofHex(text, text.length() / 2);
  }
}
