package ai.rails.platform.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RevealKeyTest {
  private static final byte[] EVENT = {1, 2, 3};

  private static JsonNode vector() throws IOException {
    return new ObjectMapper()
        .readTree(Files.readString(Path.of("../../ui/src/reveal/vector.json")));
  }

  private static byte[] bytes(JsonNode vector, String name) {
    return Base64.getDecoder().decode(vector.path(name).asText());
  }

  @Test
  void opensTheVectorThatTheBrowserOpens() throws Exception {
    JsonNode vector = vector();
    RevealKey key = RevealKey.of(bytes(vector, "publicKey"), bytes(vector, "privateKey"));

    String info =
        RevealKey.info(
            vector.path("tenant").asText(),
            vector.path("run").asText(),
            vector.path("reveal").asText(),
            RevealKey.thumbprint(key.publicKey()),
            bytes(vector, "event"));

    assertThat(info).isEqualTo(vector.path("info").asText());
    assertThat(key.open(bytes(vector, "sealed"), info)).isEqualTo(bytes(vector, "plain"));
  }

  @Test
  void whatIsSealedOpensForItsKeyAndItsRevealOnly() throws Exception {
    RevealKey key = RevealKey.generate();
    String thumbprint = RevealKey.thumbprint(key.publicKey());
    String info = RevealKey.info("t1", "run-1", "r1", thumbprint, EVENT);
    byte[] sealed = RevealKey.seal(key.publicKey(), "arguments".getBytes(UTF_8), info);

    assertThat(key.open(sealed, info)).isEqualTo("arguments".getBytes(UTF_8));
    assertThat(sealed).hasSize("arguments".length() + RevealKey.OVERHEAD);
    for (String other :
        new String[] {
          RevealKey.info("t2", "run-1", "r1", thumbprint, EVENT),
          RevealKey.info("t1", "run-2", "r1", thumbprint, EVENT),
          RevealKey.info("t1", "run-1", "r2", thumbprint, EVENT),
          RevealKey.info("t1", "run-1", "r1", thumbprint, new byte[] {1, 2, 4})
        }) {
      assertThatThrownBy(() -> key.open(sealed, other))
          .isInstanceOf(GeneralSecurityException.class);
    }
    assertThatThrownBy(() -> RevealKey.generate().open(sealed, info))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void takesNoKeyThatIsNoPointOfTheCurve() throws Exception {
    byte[] off = RevealKey.generate().publicKey();
    off[64] ^= 1;

    for (byte[] key : new byte[][] {off, new byte[65], new byte[64], new byte[0]}) {
      assertThatThrownBy(() -> RevealKey.thumbprint(key))
          .isInstanceOf(GeneralSecurityException.class);
      assertThatThrownBy(() -> RevealKey.seal(key, new byte[1], "info"))
          .isInstanceOf(GeneralSecurityException.class);
    }
  }
}
