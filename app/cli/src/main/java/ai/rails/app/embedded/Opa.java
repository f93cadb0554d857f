package ai.rails.app.embedded;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// OPA as a sidecar on a loopback port. It asks every caller for a token, and its own
/// `system.authz` policy says what that token may do; without such a policy it answers nobody.
public final class Opa implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(30);

  private final ChildProcess child;
  private final URI url;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /// `config` and `authorization` are written by whoever owns the policies; `authorization` may be
  /// absent, as a bundle can bring it. `healthToken` is empty when the probe needs none.
  public record Settings(
      int port,
      Path config,
      Path authorization,
      Map<String, String> environment,
      String healthToken) {
    public Settings {
      environment = Map.copyOf(environment);
    }
  }

  private final String healthToken;

  private Opa(ChildProcess child, Settings settings) {
    this.child = child;
    this.url = URI.create("http://127.0.0.1:" + settings.port());
    this.healthToken = settings.healthToken();
  }

  /// Returns when `GET /health` answers 200.
  public static Opa start(Path data, OpaBinary binary, Settings settings) {
    var environment = new HashMap<>(settings.environment());
    environment.putIfAbsent("GOMAXPROCS", "1");
    var command = new ChildProcess.Command("opa", arguments(binary, settings), environment);
    var opa = new Opa(ChildProcess.start(data, command), settings);
    if (!Wait.until(READY, () -> opa.health().startsWith("up"))) {
      String health = opa.health();
      opa.close();
      throw new Unavailable(
          "OPA is not ready after %s (%s); see %s".formatted(READY, health, opa.child.log()));
    }
    return opa;
  }

  public URI url() {
    return url;
  }

  /// `up ...`, or what is wrong.
  public String health() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve("/health")).timeout(Duration.ofSeconds(2));
    if (!healthToken.isEmpty()) {
      request.header("Authorization", "Bearer " + healthToken);
    }
    try {
      int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
      return status == 200 ? child.health() : "down: OPA's health is " + status;
    } catch (IOException e) {
      return "down: OPA does not answer at " + url + " (" + e.getClass().getSimpleName() + ")";
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "down: interrupted";
    }
  }

  @Override
  public void close() {
    http.close();
    child.close();
  }

  private static List<String> arguments(OpaBinary binary, Settings settings) {
    var arguments =
        new ArrayList<>(
            List.of(
                binary.path().toString(),
                "run",
                "--server",
                "--addr",
                "127.0.0.1:" + settings.port(),
                "--authentication=token",
                "--authorization=basic",
                "--disable-telemetry",
                "--log-level=info",
                "--config-file",
                settings.config().toString()));
    if (Files.exists(settings.authorization())) {
      arguments.add(settings.authorization().toString());
    }
    return List.copyOf(arguments);
  }
}
