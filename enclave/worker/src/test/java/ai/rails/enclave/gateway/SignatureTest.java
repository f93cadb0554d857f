package ai.rails.enclave.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.connector.Auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Signatures that others have published: AWS's test suite of Signature Version 4, the examples of
/// the S3 guide, and an HMAC that openssl makes.
class SignatureTest {
  private static final ObjectMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  /// Name in the suite, method, target, header or none, signature.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "get-vanilla | GET | / | | 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "get-vanilla-query-order-key-case | GET | /?Param2=value2&Param1=value1 | | b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        "get-vanilla-query-order-encoded | GET | /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1 | | 371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
        "get-vanilla-query-unreserved | GET | /?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz | | 9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
        "get-unreserved | GET | /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz | | 07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        "get-vanilla-utf8-query | GET | /?%E1%88%B4=bar | | 2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        "post-vanilla | POST | / | | 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        "post-header-value-case | POST | / | VALUE1 | cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
        "post-vanilla-query | POST | /?Param1=value1 | | 28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"
      })
  void awsSuiteSaysTheSame(
      String name, String method, String target, String header, String signature) {
    Outbound request = new Outbound(method, "example.amazonaws.com", 443, target, Optional.empty());
    if (header != null) {
      request.header("My-Header1", header);
    }
    aws("service", Optional.empty()).sign(request, Instant.parse("2015-08-30T12:36:00Z"));

    assertThat(request.headers().get("Authorization")).as(name).endsWith("Signature=" + signature);
  }

  @Test
  void sessionTokenIsSigned() {
    Outbound request = new Outbound("GET", "example.amazonaws.com", 443, "/", Optional.empty());
    aws("service", Optional.of("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"))
        .sign(request, Instant.parse("2015-08-30T12:36:00Z"));

    assertThat(request.headers().get("Authorization"))
        .contains("SignedHeaders=host;x-amz-date;x-amz-security-token,")
        .endsWith("07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/test.txt | Range: bytes=0-9 | f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        "/?lifecycle | | fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "/?max-keys=2&prefix=J | | 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
      })
  void s3GuideSaysTheSame(String target, String header, String signature) {
    Outbound request =
        new Outbound("GET", "examplebucket.s3.amazonaws.com", 443, target, Optional.empty());
    if (header != null) {
      String[] pair = header.split(": ", 2);
      request.header(pair[0], pair[1]);
    }
    s3().sign(request, Instant.parse("2013-05-24T00:00:00Z"));

    assertThat(request.headers().get("Authorization")).endsWith("Signature=" + signature);
  }

  @Test
  void s3PathsAreEncodedOnceAndSlashesStay() {
    Outbound plain = new Outbound("GET", "b.s3.amazonaws.com", 443, "/a/b%20c*", Optional.empty());
    Outbound spelled =
        new Outbound("GET", "b.s3.amazonaws.com", 443, "/a/b%20c%2A", Optional.empty());
    Instant at = Instant.parse("2013-05-24T00:00:00Z");

    assertThat(s3().sign(plain, at).headers().get("Authorization"))
        .isEqualTo(s3().sign(spelled, at).headers().get("Authorization"));
    assertThat(plain.headers().get("x-amz-content-sha256"))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  /// `printf '1369353600\nPOST\nacme.example:8443\n/v1/x?a=b\n<sha256>' | openssl dgst -sha256
  /// -hmac top-secret`.
  @Test
  void hmacIsOverWhatTheManifestSays() throws Exception {
    Auth auth =
        JSON.readValue(
            """
            {"secrets":["key_id","secret"],"identifiers":["key_id"],"signature":{
             "scheme":"hmac-sha256",
             "content":"{/timestamp}\\n{/method}\\n{/host}\\n{/target}\\n{/bodySha256}",
             "headers":{"X-Key":"{/key_id}","X-Time":"{/timestamp}","X-Signature":"v1={/mac}"}}}
            """,
            Auth.class);
    Credential credential = new Credential(auth, Map.of("key_id", "k-7", "secret", "top-secret"));
    Outbound request =
        new Outbound(
            "POST",
            "acme.example",
            8443,
            "/v1/x?a=b",
            Optional.of(new Outbound.Body("text/plain", "hello".getBytes(StandardCharsets.UTF_8))));

    credential.sign(request, Instant.parse("2013-05-24T00:00:00Z"));

    assertThat(request.headers())
        .containsEntry("X-Key", "k-7")
        .containsEntry("X-Time", "1369353600")
        .containsEntry(
            "X-Signature", "v1=4db998d036427da6616dba375c1061f22b0ba29a13ef87def196f1af38898f1e");
    assertThat(new String(request.bytes(), StandardCharsets.UTF_8)).doesNotContain("top-secret");
    assertThat(credential.scrub("echo top-secret k-7")).isEqualTo("echo [redacted] k-7");
  }

  @Test
  void awsSecretIsNeverSentAndIsHidden() {
    Outbound request =
        new Outbound("GET", "examplebucket.s3.amazonaws.com", 443, "/", Optional.empty());
    s3().sign(request, Instant.parse("2013-05-24T00:00:00Z"));

    assertThat(new String(request.bytes(), StandardCharsets.UTF_8)).doesNotContain("wJalrX");
    assertThat(s3().toString()).isEqualTo("AwsSignature[us-east-1/s3]");
  }

  @Test
  void aSecretThatIsNotWrittenAsTheManifestSaysIsRefused() throws Exception {
    Auth auth =
        JSON.readValue(
            """
            {"secrets":["secret"],"signature":{"scheme":"hmac-sha256","key":"HEX","content":"x",
             "headers":{"X":"{/mac}"}}}
            """,
            Auth.class);

    for (String bad : List.of("zz", "abc")) {
      assertThatThrownBy(() -> new Credential(auth, Map.of("secret", bad)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static AwsSignature aws(String service, Optional<String> token) {
    return new AwsSignature(
        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token, "us-east-1", service);
  }

  private static AwsSignature s3() {
    return new AwsSignature(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        Optional.empty(),
        "us-east-1",
        "s3");
  }
}
