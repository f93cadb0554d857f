package ai.rails.platform.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.telemetry.Telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MutualTlsTest {
  private static final String PASSWORD = TestAuthority.PASSWORD;
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  @TempDir private static Path keys;

  @BeforeAll
  static void makeKeys() throws Exception {
    var ca = TestAuthority.make(keys, "ca");
    var other = TestAuthority.make(keys, "other");
    GeneralName name = uri("airails://t1/w1/" + DIGEST + "/dev");
    ca.issue("server", new GeneralName(GeneralName.dNSName, "localhost"));
    ca.issue("worker", name);
    ca.issue("nameless", new GeneralName(GeneralName.dNSName, "w1.example"));
    ca.issue("double", name, uri("airails://t2/w1/" + DIGEST + "/dev"));
    other.issue("stranger", name);
  }

  private static GeneralName uri(String text) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, text);
  }

  @Test
  void certificateSaysWhichWorkerItIs() throws Exception {
    assertThat(ask(client("worker")).body())
        .isEqualTo(
            "{\"digest\":\"%s\",\"environment\":\"dev\",\"tenant\":\"t1\",\"worker\":\"w1\"}"
                .formatted(DIGEST));
  }

  @Test
  void certificateWithoutExactlyOneNameIsNoWorker() throws Exception {
    assertThat(ask(client("nameless")).statusCode()).isEqualTo(401);
    assertThat(ask(client("double")).statusCode()).isEqualTo(401);
  }

  @Test
  void strangerAndNobodyDoNotGetIn() throws Exception {
    SSLContext stranger = client("stranger");
    SSLContext nobody = Tls.trusting(keys.resolve("ca.pem"));
    assertThatThrownBy(() -> ask(stranger)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ask(nobody)).isInstanceOf(IOException.class);
  }

  private static SSLContext client(String name) throws Exception {
    return Tls.context(keys.resolve(name + ".p12"), PASSWORD, keys.resolve("ca.pem"));
  }

  private static HttpResponse<String> ask(SSLContext context) throws Exception {
    SSLContext own = Tls.context(keys.resolve("server.p12"), PASSWORD, keys.resolve("ca.pem"));
    Route route =
        new Route(
            "GET",
            "/who",
            Label.STRONG,
            Access.worker(),
            request ->
                Answer.ok(
                    Map.of(
                        "tenant", request.worker().tenant(),
                        "worker", request.worker().worker(),
                        "digest", request.worker().artifactDigest(),
                        "environment", request.worker().environment())));
    try (Telemetry telemetry = Telemetry.inMemory();
        HttpServer server =
            HttpServer.start(
                new Binding("127.0.0.1", 0, Optional.of(own)),
                List.of(route),
                _ -> {
                  throw new IllegalStateException("no tokens here");
                },
                Refusals.UNRECORDED,
                telemetry);
        HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("https://localhost:%d/who".formatted(server.port())))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
