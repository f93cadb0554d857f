package ai.rails.stream.provisioner;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;

/// Asks command-services, with a service token.
final class HttpSiemDesk implements SiemDesk, AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI command;
  private final Supplier<String> token;

  /// @param command `command.url`
  /// @param token gives a valid bearer token at each call
  HttpSiemDesk(URI command, Supplier<String> token) {
    this.command = command;
    this.token = token;
  }

  private record Items(List<Work> items) {}

  @Override
  public List<Work> open() throws IOException, InterruptedException {
    byte[] answer = post("/v1/siem-subscribers/open", Map.of());
    try {
      return Json.read(answer, Items.class).items();
    } catch (Problem e) {
      throw new IOException("command-services listed SIEM subscribers in another form", e);
    }
  }

  @Override
  public void done(Work work, byte[] sealed) throws IOException, InterruptedException {
    byte[] _ =
        post(
            "/v1/tenants/%s/siem-subscribers/%s/provisioned".formatted(work.tenant(), work.name()),
            Map.of(
                "act",
                work.act(),
                "generation",
                work.generation(),
                "sealed",
                Base64.getEncoder().encodeToString(sealed)));
  }

  private byte[] post(String path, Object body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(command.resolve(path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token.get())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.write(body)))
            .build();
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "command-services answered %d to %s".formatted(response.statusCode(), path));
    }
    return response.body();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
