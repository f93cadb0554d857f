package ai.rails.platform.http;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokensTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir private Path data;
  private Instant now = NOON;
  private final InstantSource clock = () -> now;
  private final AtomicLong ids = new AtomicLong();
  private DevelopmentIssuer issuer;

  @BeforeEach
  void open() throws Exception {
    issuer = DevelopmentIssuer.open(data, clock, () -> "j" + ids.incrementAndGet());
  }

  @Test
  void issuedTokenSaysWhoAndWhat() throws Exception {
    Principal principal = issuer.tokens().authenticate(token());

    assertThat(principal)
        .isEqualTo(new Principal("t1", "dana", Set.of(Role.OPERATOR, Role.APPROVER)));
  }

  @Test
  void keyIsKeptAndIsItsOwnersOnly() throws Exception {
    String token = token();
    DevelopmentIssuer again = DevelopmentIssuer.open(data, clock, () -> "x");

    assertThat(again.tokens().authenticate(token).subject()).isEqualTo("dana");
    assertThat(Files.getPosixFilePermissions(data.resolve("development-issuer.keyset")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void tokenIsRefusedAfterItsTimeAndBefore() throws Exception {
    String token = token();
    now = NOON.plus(Duration.ofMinutes(17));
    refused(token);
    now = NOON.minus(Duration.ofMinutes(2));
    refused(token);
  }

  @Test
  void foreignIssuerAudienceAndKeyAreRefused(@TempDir Path other) throws Exception {
    String token = token();
    DevelopmentIssuer foreign = DevelopmentIssuer.open(other, clock, () -> "f");
    refused(foreign.issue("t1", "dana", Set.of(Role.ADMIN), Duration.ofMinutes(5)));
    assertThatThrownBy(() ->
            Tokens.of(issuer.jwks(), DevelopmentIssuer.ISSUER, "https://else.example", clock)
                .authenticate(token))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() ->
            Tokens.of(issuer.jwks(), "https://else.example", Tokens.AUDIENCE, clock)
                .authenticate(token))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void unsignedAndSymmetricTokensAreRefused() throws Exception {
    String payload = token().split("\\.", -1)[1];
    String none = encode("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + payload + ".";
    refused(none);

    String head = encode("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}") + "." + payload;
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(issuer.jwks().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signature =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(mac.doFinal(head.getBytes(StandardCharsets.UTF_8)));
    refused(head + "." + signature);
  }

  @Test
  void anyChangedCharacterIsRefused() throws Exception {
    String token = token();
    for (int i = 0; i < token.length(); i += 7) {
      char flipped = token.charAt(i) == 'A' ? 'B' : 'A';
      if (i == token.length() - 1) {
        continue;
      }
      refused(token.substring(0, i) + flipped + token.substring(i + 1));
    }
    refused("");
    refused("..");
    refused("a.b.c");
  }

  @Test
  void tokenBringsNoKeyOfItsOwn() throws Exception {
    String[] parts = token().split("\\.", -1);
    String head =
        encode(
            "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"jwk\":{\"kty\":\"EC\"},\"jku\":\"http://x\"}");
    refused(head + "." + parts[1] + "." + parts[2]);
  }

  @Test
  void symmetricKeySetIsNoIssuer() {
    assertThatThrownBy(() ->
            Tokens.of(
                "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"AA\"}]}", "i", "a", clock))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void longLivedTokenIsNotIssued() {
    assertThatThrownBy(() -> issuer.issue("t1", "dana", Set.of(Role.ADMIN), Duration.ofMinutes(61)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private String token() throws GeneralSecurityException {
    return issuer.issue("t1", "dana", Set.of(Role.OPERATOR, Role.APPROVER), Duration.ofMinutes(15));
  }

  private void refused(String token) throws GeneralSecurityException {
    Tokens tokens = issuer.tokens();
    assertThatThrownBy(() -> tokens.authenticate(token))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
