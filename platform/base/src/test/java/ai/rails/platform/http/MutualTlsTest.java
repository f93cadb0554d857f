package ai.rails.platform.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.telemetry.Telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MutualTlsTest {
  private static final String PASSWORD = "password";
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  @TempDir private static Path keys;

  @BeforeAll
  static void makeKeys() throws Exception {
    authority("ca");
    authority("other");
    leaf("server", "ca", "san=dns:localhost,ip:127.0.0.1");
    leaf("worker", "ca", "san=uri:airails://t1/w1/" + DIGEST + "/dev");
    leaf("nameless", "ca", "san=dns:w1.example");
    leaf(
        "double",
        "ca",
        "san=uri:airails://t1/w1/" + DIGEST + "/dev,uri:airails://t2/w1/" + DIGEST + "/dev");
    leaf("stranger", "other", "san=uri:airails://t1/w1/" + DIGEST + "/dev");
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

  private static void authority(String name) throws Exception {
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keystore",
        file(name + ".p12"),
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "bc:c=ca:true",
        "-validity",
        "2");
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        name,
        "-keystore",
        file(name + ".p12"),
        "-file",
        file(name + ".pem"));
  }

  private static void leaf(String name, String authority, String extension) throws Exception {
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keystore",
        file(name + ".p12"),
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-validity",
        "2",
        "-signer",
        authority,
        "-signerkeypass",
        PASSWORD,
        "-ext",
        extension,
        "-importca",
        authority);
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static String file(String name) {
    return keys.resolve(name).toString();
  }
}
