package ai.rails.app.bench.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;

import ai.rails.app.embedded.Unavailable;

/// Posts as anybody would who governs nothing: over a connection that is kept. Thread-safe.
final class Direct implements AutoCloseable {
  private final HttpClient client;
  private final URI target;

  Direct(SSLContext tls, URI target) {
    this.client = HttpClient.newBuilder().sslContext(tls).build();
    this.target = target;
  }

  /// @throws Unavailable if the answer is not the expected status
  Duration post(int expected, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(target).headers(headers).POST(BodyPublishers.ofString(body)).build();
    long began = System.nanoTime();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    if (answer.statusCode() != expected) {
      throw new Unavailable("%s answered %s".formatted(target, answer.statusCode()));
    }
    return took;
  }

  @Override
  public void close() {
    client.close();
  }
}
