package ai.rails.platform.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Tokens of registered providers, and what forgers try.
class ProviderTokensTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final String ISSUER = "https://login.acme.example";
  private static final String AUDIENCE = "https://airails.dev/api";
  private static KeyPair first;
  private static KeyPair second;
  private static KeyPair rsa;
  private static KeyPair stranger;

  private final Map<String, JsonNode> served = new LinkedHashMap<>();
  private final List<URI> fetched = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private boolean down;
  private final ProviderTokens tokens =
      new ProviderTokens(
          IdentityProvider.all(
              Settings.of(
                  Map.of(
                      "identity.acme.issuer", ISSUER,
                      "identity.acme.tenant", "t-acme",
                      "identity.acme.roles", "groups"))),
          this::fetch,
          () -> NOON,
          nanos::get);

  @BeforeAll
  static void makeKeys() throws GeneralSecurityException {
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(256);
    first = ec.generateKeyPair();
    second = ec.generateKeyPair();
    stranger = ec.generateKeyPair();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    rsa = generator.generateKeyPair();
  }

  ProviderTokensTest() {
    publish(List.of(ec("k1", first), rsaKey("r1", rsa)));
  }

  @Test
  void aPersonHasTheRegistrationsTenantAndThePersonsRoles() throws GeneralSecurityException {
    Principal principal =
        tokens.authenticate(signed(head("ES256", "k1"), claims("tenant", "t-other"), first));

    assertThat(principal)
        .isEqualTo(new Principal("t-acme", "acme|dana", Set.of(Role.OPERATOR, Role.APPROVER)));
    assertThat(tokens.authenticate(signedRsa(head("RS256", "r1"), claims()))).isEqualTo(principal);
  }

  @Test
  void aProviderMakesNobodyOneOfThePlatformsOwn() throws GeneralSecurityException {
    Map<String, Object> claims = claims("groups", List.of("platform", "service", "auditor"));

    assertThat(tokens.authenticate(signed(head("ES256", "k1"), claims, first)).roles())
        .containsExactly(Role.AUDITOR);
  }

  @Test
  void aRotatedKeyIsTakenInAndAnUnknownOneIsAskedForOnceAMinute() throws Exception {
    tokens.authenticate(signed(head("ES256", "k1"), claims(), first));
    publish(List.of(ec("k2", second)));
    String rotated = signed(head("ES256", "k2"), claims(), second);
    refused(rotated); // asked within the minute already
    nanos.addAndGet(Duration.ofSeconds(61).toNanos());

    assertThat(tokens.authenticate(rotated).subject()).isEqualTo("acme|dana");
    int before = fetched.size();
    for (int i = 0; i < 100; i++) {
      refused(signed(head("ES256", "unknown-" + i), claims(), stranger));
    }
    assertThat(fetched).hasSize(before);
    refused(signed(head("ES256", "k1"), claims(), first)); // no longer published
  }

  @Test
  void keysThatCanNotBeRenewedAreGoodForAnHour() throws Exception {
    String token = signed(head("ES256", "k1"), claims(), first);
    tokens.authenticate(token);
    down = true;
    nanos.addAndGet(Duration.ofMinutes(59).toNanos());
    assertThat(tokens.authenticate(token).subject()).isEqualTo("acme|dana");
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());

    refused(token);
  }

  @Test
  void unsignedTokensAreRefused() {
    for (String none : List.of("none", "None", "NONE", "nOnE")) {
      refused(encode(head(none, "k1")) + "." + encode(claims()) + ".");
    }
    refused(encode(Map.of("typ", "at+jwt", "kid", "k1")) + "." + encode(claims()) + ".");
  }

  @Test
  void aPublicKeyIsNoSecret() throws Exception {
    for (byte[] secret :
        List.of(
            rsa.getPublic().getEncoded(),
            ("-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(rsa.getPublic().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII))) {
      String text = encode(head("HS256", "r1")) + "." + encode(claims());
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      refused(text + "." + url(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII))));
    }
    // a key is for one algorithm, whatever the token says
    refused(signedRsa(head("PS256", "r1"), claims()));
    refused(signed(head("ES384", "k1"), claims(), first));
    refused(signed(head("ES256", "r1"), claims(), first));
  }

  @Test
  void aTokenBringsNoKeyAndNoAddressOfOne() throws Exception {
    Map<String, Object> jwk = new LinkedHashMap<>(head("ES256", "k9"));
    jwk.put("jwk", ec("k9", stranger));
    refused(signed(jwk, claims(), stranger));
    for (String member : List.of("jku", "x5u")) {
      Map<String, Object> address = new LinkedHashMap<>(head("ES256", "k9"));
      address.put(member, "https://evil.example/keys");
      refused(signed(address, claims(), stranger));
    }
    assertThat(fetched).noneMatch(address -> address.getHost().equals("evil.example"));
  }

  @Test
  void aKeyIdIsANameAndNothingElse() throws Exception {
    for (String kid :
        List.of(
            "../../../../dev/null",
            "/etc/passwd",
            "k1' OR '1'='1",
            "k1\u0000",
            "https://evil.example/jwks",
            "K1",
            " k1",
            "x".repeat(300))) {
      refused(signed(head("ES256", kid), claims(), stranger));
    }
    refused(signed(Map.of("alg", "ES256", "typ", "at+jwt"), claims(), first));
    refused(signed(Map.of("alg", "ES256", "typ", "at+jwt", "kid", ""), claims(), first));
  }

  @Test
  void claimsMustBeOurs() throws Exception {
    refused(claims("aud", "https://other.example"));
    refused(claims("aud", List.of("https://other.example", "https://third.example")));
    refused(claims("iss", "https://login.acme.example.evil.example"));
    refused(claims("iss", ISSUER + "/"));
    refused(without("aud"));
    refused(without("sub"));
    refused(without("exp"));
    refused(without("iat"));
    refused(without("groups"));
    refused(claims("sub", "dana\nadmin"));
    refused(claims("groups", "admin"));
  }

  @Test
  void timesAreKept() throws Exception {
    long noon = NOON.getEpochSecond();
    refused(claims("exp", noon - 61)); // expired
    refused(claims("iat", noon + 300)); // from the future
    Map<String, Object> later = claims("nbf", noon + 300);
    refused(later);
    refused(claims("exp", noon + 7_200)); // lives too long
    refused(claims("exp", Long.MAX_VALUE));
    refused(claims("exp", "tomorrow"));
  }

  @Test
  void otherTokensOfTheSameIssuerAreRefused() throws Exception {
    refused(signed(Map.of("alg", "ES256", "typ", "JWT", "kid", "k1"), claims(), first)); // id token
    refused(signed(Map.of("alg", "ES256", "kid", "k1"), claims(), first));
    Map<String, Object> critical = new LinkedHashMap<>(head("ES256", "k1"));
    critical.put("crit", List.of("b64"));
    critical.put("b64", false);
    refused(signed(critical, claims(), first));
  }

  @Test
  void anAlteredTokenIsRefused() throws Exception {
    String token = signed(head("ES256", "k1"), claims(), first);
    String[] parts = token.split("\\.", -1);
    refused(parts[0] + "." + encode(claims("sub", "admin")) + "." + parts[2]);
    refused(parts[0] + "." + parts[1] + "." + url(new byte[64])); // the null signature
    refused(parts[0] + "." + parts[1] + ".");
    refused(token + ".x");
    refused(parts[0] + "." + parts[1]);
    refused("");
  }

  @Test
  void keysForOtherUsesAreNoneAndADescriptionOfAnotherIssuerIsNone() throws Exception {
    Map<String, Object> encryption = new LinkedHashMap<>(ec("k1", first));
    encryption.put("use", "enc");
    publish(List.of(encryption));
    refused(signed(head("ES256", "k1"), claims(), first));
    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    publish(List.of(ec("k1", first)));
    served.put(
        "/.well-known/openid-configuration",
        JSON.valueToTree(Map.of("issuer", "https://evil.example", "jwks_uri", ISSUER + "/keys")));
    refused(signed(head("ES256", "k1"), claims(), first));
  }

  private JsonNode fetch(URI address) throws IOException {
    fetched.add(address);
    JsonNode found = served.get(address.getPath());
    if (down || found == null || !address.getHost().equals("login.acme.example")) {
      throw new IOException("not there");
    }
    return found;
  }

  private void publish(List<Map<String, Object>> keys) {
    served.put(
        "/.well-known/openid-configuration",
        JSON.valueToTree(Map.of("issuer", ISSUER, "jwks_uri", ISSUER + "/keys")));
    served.put("/keys", JSON.valueToTree(Map.of("keys", keys)));
  }

  private void refused(Map<String, Object> claims) throws GeneralSecurityException {
    refused(signed(head("ES256", "k1"), claims, first));
  }

  private void refused(String token) {
    assertThatThrownBy(() -> tokens.authenticate(token))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private static Map<String, Object> head(String algorithm, String kid) {
    return Map.of("alg", algorithm, "typ", "at+jwt", "kid", kid);
  }

  private static Map<String, Object> claims() {
    return new LinkedHashMap<>(
        Map.of(
            "iss",
            ISSUER,
            "aud",
            AUDIENCE,
            "sub",
            "dana",
            "iat",
            NOON.getEpochSecond() - 10,
            "exp",
            NOON.getEpochSecond() + 600,
            "groups",
            List.of("operator", "approver", "staff")));
  }

  private static Map<String, Object> claims(String name, Object value) {
    Map<String, Object> claims = claims();
    claims.put(name, value);
    return claims;
  }

  private static Map<String, Object> without(String name) {
    Map<String, Object> claims = claims();
    claims.remove(name);
    return claims;
  }

  private static String signed(Map<String, Object> head, Map<String, Object> claims, KeyPair key)
      throws GeneralSecurityException {
    return signed("SHA256withECDSAinP1363Format", head, claims, key);
  }

  private static String signedRsa(Map<String, Object> head, Map<String, Object> claims)
      throws GeneralSecurityException {
    return signed("SHA256withRSA", head, claims, rsa);
  }

  private static String signed(
      String algorithm, Map<String, Object> head, Map<String, Object> claims, KeyPair key)
      throws GeneralSecurityException {
    String text = encode(head) + "." + encode(claims);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key.getPrivate());
    signature.update(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + url(signature.sign());
  }

  private static Map<String, Object> ec(String kid, KeyPair key) {
    ECPublicKey point = (ECPublicKey) key.getPublic();
    return Map.of(
        "kty",
        "EC",
        "crv",
        "P-256",
        "kid",
        kid,
        "x",
        url(unsigned(point.getW().getAffineX(), 32)),
        "y",
        url(unsigned(point.getW().getAffineY(), 32)));
  }

  private static Map<String, Object> rsaKey(String kid, KeyPair key) {
    RSAPublicKey numbers = (RSAPublicKey) key.getPublic();
    return Map.of(
        "kty",
        "RSA",
        "kid",
        kid,
        "use",
        "sig",
        "n",
        url(unsigned(numbers.getModulus(), 256)),
        "e",
        url(numbers.getPublicExponent().toByteArray()));
  }

  private static byte[] unsigned(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[length];
    int from = Math.max(0, bytes.length - length);
    System.arraycopy(bytes, from, fixed, length - (bytes.length - from), bytes.length - from);
    return fixed;
  }

  private static String encode(Map<String, Object> json) {
    return url(JSON.valueToTree(json).toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
