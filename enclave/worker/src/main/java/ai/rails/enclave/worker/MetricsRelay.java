package ai.rails.enclave.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Tls;

/// The sidecar of a confidential guest: passes its metrics to one collector, and nothing else.
/// Traces, logs and whatever else somebody may post stay in the guest, since only this process has
/// a way out to operators, and it has no words for them.
///
/// It answers with a status alone, so nothing comes back from the collector either.
public final class MetricsRelay implements AutoCloseable {
  private static final String METRICS = "/v1/metrics";
  private static final List<String> FORMS = List.of("application/x-protobuf", "application/json");
  private static final int BODY_BYTES = 1 << 20;
  private static final int NOTHING = -1;
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration REQUEST = Duration.ofSeconds(10);

  private final URI collector;
  private final HttpClient client;
  private final HttpServer server;
  private final ExecutorService one = Executors.newSingleThreadExecutor();

  /// @param port on the loopback interface; 0 takes any
  /// @param collector its address without a path
  MetricsRelay(int port, URI collector, SSLContext trust) throws IOException {
    this.collector = collector.resolve(METRICS);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .sslContext(trust)
            .build();
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::answer);
    server.setExecutor(one);
    server.start();
  }

  /// Runs until the guest ends.
  ///
  /// @param arguments the worker's settings: `otel.endpoint` is where this listens,
  ///   `otel.collector.url` (https) where it passes on to, `tls.ca.file` whom it believes
  public static void main(String... arguments) throws IOException, GeneralSecurityException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException("usage: MetricsRelay worker.properties");
    }
    Settings settings = Settings.load(Path.of(arguments[0]));
    URI collector = settings.address("otel.collector.url");
    if (!"https".equals(collector.getScheme())) {
      throw new IllegalArgumentException("otel.collector.url must be https, it is " + collector);
    }
    MetricsRelay relay =
        new MetricsRelay(
            settings.address("otel.endpoint").getPort(),
            collector,
            Tls.trusting(settings.path("tls.ca.file")));
    Runtime.getRuntime().addShutdownHook(new Thread(relay::close));
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status(exchange), NOTHING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int status(HttpExchange exchange) throws IOException, InterruptedException {
    if (!METRICS.equals(exchange.getRequestURI().toString())) {
      return 404;
    }
    if (!"POST".equals(exchange.getRequestMethod())) {
      return 405;
    }
    String form = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (!FORMS.contains(form) || exchange.getRequestHeaders().containsKey("Content-Encoding")) {
      return 415;
    }
    byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES + 1);
    return body.length > BODY_BYTES ? 413 : passed(form, body);
  }

  /// Only the form's name goes along with the body: no header of the sender's.
  private int passed(String form, byte[] body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(collector)
            .timeout(REQUEST)
            .header("Content-Type", form)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status == 200 ? 200 : 503;
    } catch (IOException _) {
      return 503;
    }
  }

  @Override
  public void close() {
    server.stop(0);
    one.shutdownNow();
    client.close();
  }
}
