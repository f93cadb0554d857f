package ai.rails.platform.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.telemetry.RecordedSpan;
import ai.rails.platform.telemetry.Telemetry;

/// A served list of routes and a client for it.
final class Http implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Telemetry telemetry = Telemetry.inMemory();

  Http(Authenticator authenticator, Refusals refusals, List<Route> routes) {
    this.server =
        HttpServer.start(Binding.plain("127.0.0.1", 0), routes, authenticator, refusals, telemetry);
  }

  int port() {
    return server.port();
  }

  HttpResponse<String> send(String method, String path, Optional<byte[]> body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port(), path)))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body.map(BodyPublishers::ofByteArray).orElseGet(BodyPublishers::noBody));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /// The spans of a trace, once there are any: a span ends after its answer has left.
  List<RecordedSpan> spans(String trace) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (telemetry.spans(trace).isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    return telemetry.spans(trace);
  }

  @Override
  public void close() {
    client.close();
    server.close();
    telemetry.close();
  }
}
