package ai.rails.attestation.format;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class DerTest {
  @ParameterizedTest
  @CsvSource({
    "06092a864886f84d010d01, 1.2.840.113741.1.13.1",
    "06022a03, 1.2.3",
    "0603883703, 2.999.3"
  })
  void objectIdentifiersAreRead(String hex, String text) throws Exception {
    assertThat(Der.of(bytes(hex)).oid()).isEqualTo(text);
  }

  @Test
  void numbersAreReadWithinBounds() throws Exception {
    assertThat(Der.of(bytes("020200ff")).number(0xFF)).isEqualTo(255);
    assertThat(Der.of(bytes("0a0101")).number(2)).isEqualTo(1);
    assertThatThrownBy(() -> Der.of(bytes("02020100")).number(0xFF)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> Der.of(bytes("0201ff")).number(0xFF)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> Der.of(bytes("0200")).number(0xFF)).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "30",
        "3080",
        "308100",
        "30820001",
        "3003020101ff",
        "0605",
        "308400000001ff",
        "30850000000001"
      })
  void whatIsNoDerIsRefused(String hex) {
    assertThatThrownBy(() -> Der.of(bytes(hex)).sequence()).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0600", "06012a80", "06028001", "060188", "0606ffffffffff7f"})
  void badObjectIdentifiersAreRefused(String hex) {
    assertThatThrownBy(() -> Der.of(bytes(hex)).oid()).isInstanceOf(Malformed.class);
  }

  private static Bytes bytes(String hex) throws Malformed {
    return Bytes.ofHex(hex, hex.length() / 2);
  }
}
