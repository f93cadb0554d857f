package ai.rails.attestation.format;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class JsonReaderTest {
  @Test
  void objectsKnowTheBytesTheyStandIn() throws Exception {
    String text = " {\"a\" : {\"b\":[1,{\"c\":\"}\\\"\"}]} , \"d\":null}\n";

    Json.Members inner = Json.object(bytes(text)).object("a");

    assertThat(text.substring(inner.from(), inner.to())).isEqualTo("{\"b\":[1,{\"c\":\"}\\\"\"}]}");
  }

  @Test
  void escapesAreRead() throws Exception {
    Json.Members object = Json.object(bytes("{\"a\":\"\\u00e4\\ud83d\\ude00\\n\\/\u00e9\"}"));

    assertThat(object.text("a")).isEqualTo("\u00e4\ud83d\ude00\n/\u00e9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"",
        "{\"a\":\"\\",
        "{\"a\":[1,]}",
        "{\"a\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}"
      })
  void whatIsNoStrictJsonIsRefused(String text) {
    assertThatThrownBy(() -> Json.object(bytes(text))).isInstanceOf(Malformed.class);
  }

  @Test
  void invalidUtf8IsRefused() {
    byte[] text = "{\"a\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
    text[6] = (byte) 0xC0;

    assertThatThrownBy(() -> Json.object(Bytes.copyOf(text))).hasMessageContaining("UTF-8");
  }

  @Test
  void numbersHaveTheirBounds() throws Exception {
    Json.Members object =
        Json.object(bytes("{\"a\":16,\"b\":-1,\"c\":1.5,\"d\":99999999999999999}"));

    assertThat(object.number("a", 16)).isEqualTo(16);
    assertThatThrownBy(() -> object.number("a", 15)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> object.number("b", 15)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> object.number("c", 15)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> object.number("d", 15)).isInstanceOf(Malformed.class);
  }

  private static Bytes bytes(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }
}
