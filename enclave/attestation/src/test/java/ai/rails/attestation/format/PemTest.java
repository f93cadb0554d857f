package ai.rails.attestation.format;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class PemTest {
  private static final String ONE =
      "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";

  @Test
  void certificatesAreSplitAndClosingNulIsAllowed() throws Exception {
    assertThat(Pem.certificates(bytes(ONE + ONE + "\0")))
        .extracting(Bytes::hex)
        .containsExactly("010203", "010203");
    assertThat(Pem.certificates(bytes("\0\0"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "-----BEGIN CERTIFICATE-----\nAQID\n",
        "-----BEGIN CERTIFICATE-----\nA*ID\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE----- and more"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Pem.certificates(bytes(text))).isInstanceOf(Malformed.class);
  }

  @Test
  void hundredCertificatesAreTooMany() {
    assertThatThrownBy(() -> Pem.certificates(bytes(ONE.repeat(100))))
        .isInstanceOf(Malformed.class);
  }

  private static Bytes bytes(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
