package ai.rails.enclave.worker;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.telemetry.Telemetry;

/// Requests to the control plane's one fixed address, repeated while it is out of reach. Apart from
/// the gateway this is a worker's and a runner's only HTTP client. Thread-safe.
///
/// A repetition carries the same bytes. Only what may go away by itself is repeated: no connection,
/// no answer, 5xx.
public final class Wire implements AutoCloseable {
  /// Longest accepted answer; a claim carries a run's contents.
  private static final int ANSWER_BYTES_MAX = 16 << 20;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REQUEST = Duration.ofSeconds(30);
  private static final byte[] NOTHING = {'{', '}'};
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
  private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

  private final HttpClient http;
  private final URI base;
  private final Backoff backoff;

  /// @throws IllegalArgumentException if the address is more or less than `https://host:port`
  public Wire(URI base, SSLContext tls, Backoff backoff) {
    boolean bare =
        "https".equals(base.getScheme())
            && base.getHost() != null
            && base.getUserInfo() == null
            && base.getQuery() == null
            && base.getFragment() == null
            && (base.getPath().isEmpty() || base.getPath().equals("/"));
    if (!bare) {
      throw new IllegalArgumentException("worker.url must be https://host:port, it is " + base);
    }
    this.base = base;
    this.backoff = backoff;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .sslContext(tls)
            .build();
  }

  /// Asks until there is an answer, or the fence closes, or the thread is interrupted.
  ///
  /// @param body none for GET
  /// @throws ControlPlaneRefused on 4xx but for 409
  /// @throws Abandoned if the fence closed
  public <T> Answer<T> ask(String method, String path, Object body, Class<T> as, Fence fence)
      throws InterruptedException {
    HttpRequest request = request(method, path, body);
    String name = method + " " + request.uri().getPath();
    for (int tries = 1; ; tries++) {
      fence.pass();
      try {
        HttpResponse<byte[]> response =
            http.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
        if (response.statusCode() < 500) {
          return answer(name, response, as, tries == 1);
        }
        LOG.warn("control plane unavailable request={} status={}", name, response.statusCode());
      } catch (IOException e) {
        LOG.warn("control plane unreachable request={} error={}", name, e.toString());
      }
      Thread.sleep(backoff.after(tries));
    }
  }

  private HttpRequest request(String method, String path, Object body) {
    var request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(REQUEST)
            .header("Accept", "application/json");
    Telemetry.current().ifPresent(context -> request.header("traceparent", context));
    if (method.equals("GET")) {
      return request.GET().build();
    }
    return request
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofByteArray(Json.write(body)))
        .build();
  }

  private static <T> Answer<T> answer(
      String name, HttpResponse<byte[]> response, Class<T> as, boolean first) {
    int status = response.statusCode();
    if (status == 409) {
      return new Answer.Conflict<>(code(response.body(), "CONFLICT"));
    }
    if (status < 200 || status >= 300) {
      throw new ControlPlaneRefused(name, status, code(response.body(), "HTTP_" + status), first);
    }
    try {
      byte[] body = status == 204 ? NOTHING : response.body();
      return new Answer.Given<>(Json.read(body, as));
    } catch (Problem e) {
      throw new IllegalStateException(
          "%s was answered with %d and a body that is no %s: %s"
              .formatted(name, status, as.getSimpleName(), e.getMessage()));
    }
  }

  private static String code(byte[] body, String otherwise) {
    try {
      String code = Json.tree(body).path("code").asText();
      return CODE.matcher(code).matches() ? code : otherwise;
    } catch (Problem e) {
      return otherwise;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
