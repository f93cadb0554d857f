package ai.rails.app.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.embedded.Unavailable;

/// A client of our own REST API. Thread-safe.
public final class Api {
  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI base;

  public Api(URI base) {
    this.base = base;
  }

  /// An answer: a problem's body is its RFC 9457 document.
  public record Answer(int status, JsonNode body, HttpResponse<byte[]> raw) {
    /// The body of a success.
    ///
    /// @throws Unavailable with the problem's detail otherwise
    public JsonNode ok() {
      if (status >= 200 && status < 300) {
        return body;
      }
      throw new Unavailable(
          "%s answered %d %s: %s"
              .formatted(
                  raw.uri().getPath(),
                  status,
                  body.path("code").asText(),
                  body.path("detail").asText() + body.path("errors")));
    }

    public String code() {
      return body.path("code").asText();
    }
  }

  public URI uri(String path) {
    return base.resolve(path);
  }

  public Answer get(String token, String path) {
    return send(request(path).header("Authorization", "Bearer " + token).GET());
  }

  /// Posts with a fresh idempotency key.
  public Answer post(String token, String path, Object body) {
    return send(
        request(path)
            .header("Authorization", "Bearer " + token)
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes(body))));
  }

  public Answer postText(String token, String path, String type, String body) {
    return send(
        request(path)
            .header("Authorization", "Bearer " + token)
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  public Answer put(String token, String path, Object body) {
    return send(
        request(path)
            .header("Authorization", "Bearer " + token)
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes(body))));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> raw =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(raw.statusCode(), tree(raw.body()), raw);
    } catch (IOException e) {
      throw new Unavailable(
          "the API at %s does not answer; is `rails up` running?".formatted(base), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for the API", e);
    }
  }

  private static JsonNode tree(byte[] body) throws IOException {
    return body.length == 0
        ? JSON.createObjectNode()
        : JSON.readTree(new String(body, StandardCharsets.UTF_8));
  }

  private static byte[] bytes(Object body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + body.getClass(), e);
    }
  }
}
