package ai.rails.command.hook;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SignaturesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String TIME = Long.toString(NOON.getEpochSecond());
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BODY = "{\"sys_id\":\"a1\"}".getBytes(StandardCharsets.UTF_8);

  @Test
  void rightSignatureIsTakenAlsoBesideAnOldOne() throws Exception {
    String right = sign(SECRET, TIME, BODY);
    assertThat(valid(List.of(right), TIME, NOON)).isTrue();
    assertThat(valid(List.of("v1=" + "0".repeat(64), " " + right), TIME, NOON)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {-301, 301, 86_400})
  void oldAndFutureTimesAreRefused(long seconds) throws Exception {
    String right = sign(SECRET, TIME, BODY);
    assertThat(valid(List.of(right), TIME, NOON.plus(Duration.ofSeconds(seconds)))).isFalse();
    assertThat(valid(List.of(right), TIME, NOON.plus(Duration.ofMinutes(5)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "-1", "99999999999999999999", "1.5", " 1"})
  void malformedTimesAreRefused(String time) throws Exception {
    assertThat(valid(List.of(sign(SECRET, time, BODY)), time, NOON)).isFalse();
  }

  @Test
  void malformedSignaturesAreRefused() throws Exception {
    String right = sign(SECRET, TIME, BODY);
    for (String wrong :
        List.of(
            "",
            "v1=",
            right.substring(3),
            right.toUpperCase(java.util.Locale.ROOT),
            right.replace("v1=", "v0="),
            right + "0",
            "v1=" + "0".repeat(64))) {
      assertThat(valid(List.of(wrong), TIME, NOON)).as(wrong).isFalse();
    }
    assertThat(valid(List.of(), TIME, NOON)).isFalse();
    assertThat(Signatures.valid(SECRET, "%s.", "v1=", List.of(right), Optional.empty(), BODY, NOON))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anyFlippedBitIsRefused(long seed) throws Exception {
    Random random = new Random(seed);
    String right = sign(SECRET, TIME, BODY);
    for (int i = 0; i < 200; i++) {
      byte[] flipped = BODY.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      assertThat(
              Signatures.valid(
                  SECRET, "%s.", "v1=", List.of(right), Optional.of(TIME), flipped, NOON))
          .isFalse();
    }
  }

  private static boolean valid(List<String> signatures, String time, Instant now) {
    return Signatures.valid(SECRET, "%s.", "v1=", signatures, Optional.of(time), BODY, now);
  }

  private static String sign(byte[] secret, String time, byte[] body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
    return "v1=" + HexFormat.of().formatHex(mac.doFinal(body));
  }
}
