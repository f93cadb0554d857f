package ai.rails.platform.keys;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeysTest {
  private static final byte[] SECRET = "the printer is on fire".getBytes(StandardCharsets.UTF_8);

  @Test
  void sealedContentOpensOnlyWhereItBelongs() throws GeneralSecurityException {
    ContentKey key = ContentKey.generate();
    byte[] sealed = key.seal(SECRET, ContentKey.contentOf("t1", "r1", "fetch/output"));

    assertThat(key.open(sealed, ContentKey.contentOf("t1", "r1", "fetch/output")))
        .isEqualTo(SECRET);
    assertThat(sealed).hasSize(SECRET.length + ContentKey.OVERHEAD);
    assertThatThrownBy(() -> key.open(sealed, ContentKey.contentOf("t2", "r1", "fetch/output")))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void runKeyIsReachedThroughItsWorkflowKey() throws GeneralSecurityException {
    ContentKey workflowKey = ContentKey.generate();
    ContentKey runKey = ContentKey.generate();
    byte[] wrapped = workflowKey.wrap(runKey, ContentKey.runKeyOf("t1", "r1"));

    ContentKey unwrapped = workflowKey.unwrap(wrapped, ContentKey.runKeyOf("t1", "r1"));

    assertThat(unwrapped.open(runKey.seal(SECRET, "x"), "x")).isEqualTo(SECRET);
    assertThatThrownBy(() -> workflowKey.unwrap(wrapped, ContentKey.runKeyOf("t1", "r2")))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void packageOpensForItsPurposeOnly() throws GeneralSecurityException {
    HpkeKeyPair worker = HpkeKeyPair.of(HpkeKeyPair.generate().exportPrivate());
    byte[] sealed = HpkeKeyPair.seal(worker.publicKey(), SECRET, "release 1");

    assertThat(worker.open(sealed, "release 1")).isEqualTo(SECRET);
    assertThatThrownBy(() -> worker.open(sealed, "release 2"))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> HpkeKeyPair.generate().open(sealed, "release 1"))
        .isInstanceOf(GeneralSecurityException.class);
  }

  /// The page seals inputs, questions and corrections with WebCrypto; `seal.test.ts` makes the same
  /// bytes.
  @Test
  void opensWhatTheConsoleSealed() throws Exception {
    JsonNode vector =
        new ObjectMapper().readTree(Files.readString(Path.of("../../ui/src/reveal/sealed.json")));
    HpkeKeyPair release = HpkeKeyPair.of(bytes(vector, "privateKeyset"));

    byte[] opened = release.open(bytes(vector, "sealed"), vector.path("info").asText());

    assertThat(release.publicKey()).isEqualTo(bytes(vector, "publicKeyset"));
    assertThat(new String(opened, StandardCharsets.UTF_8)).isEqualTo(vector.path("plain").asText());
    assertThatThrownBy(() -> release.open(bytes(vector, "sealed"), "airails|1|input|another"))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private static byte[] bytes(JsonNode vector, String name) {
    return Base64.getDecoder().decode(vector.path(name).asText());
  }
}
