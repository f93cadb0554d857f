package ai.rails.app.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.embedded.Unavailable;

/// A client of our own REST API. Thread-safe.
public final class Api {
  public static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration DOWNLOAD = Duration.ofMinutes(30);
  private static final String JSON_TYPE = "application/json";

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
    /// @throws Declined with the problem's code and detail
    /// @throws Unavailable if the server has a trouble of its own
    public JsonNode ok() {
      if (status >= 200 && status < 300) {
        return body;
      }
      String message = Problems.line(status, raw.uri().getPath(), body);
      if (status >= 500) {
        throw new Unavailable(message);
      }
      throw new Declined(message, body);
    }

    public String code() {
      return body.path("code").asText();
    }
  }

  public URI uri(String path) {
    return base.resolve(path);
  }

  public Answer get(String token, String path) {
    return send(request(token, path).GET());
  }

  /// The bytes of an answer that is no JSON.
  ///
  /// @throws Declined with the problem's code and detail
  public byte[] bytes(String token, String path) {
    HttpResponse<byte[]> raw = exchange(request(token, path).GET(), BodyHandlers.ofByteArray());
    if (raw.statusCode() != 200) {
      var _ = new Answer(raw.statusCode(), tree(raw), raw).ok();
    }
    return raw.body();
  }

  /// Saves an answer that may be large.
  ///
  /// @param file is written when the answer is a success, else left alone
  /// @throws Declined with the problem's code and detail
  public HttpResponse<Path> download(String token, String path, Path file) {
    HttpResponse<byte[]> refused;
    Path fresh = file.resolveSibling(file.getFileName() + ".part");
    try {
      HttpResponse<Path> saved =
          exchange(
              request(token, path).timeout(DOWNLOAD).GET(),
              info ->
                  info.statusCode() == 200
                      ? BodySubscribers.ofFile(fresh)
                      : BodySubscribers.replacing(fresh));
      if (saved.statusCode() == 200) {
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        return saved;
      }
      refused = exchange(request(token, path).GET(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new Unavailable("%s can not be written".formatted(file), e);
    }
    var _ = new Answer(refused.statusCode(), tree(refused), refused).ok();
    throw new Unavailable("%s answered otherwise the second time; try again".formatted(path));
  }

  /// Posts with a fresh idempotency key.
  public Answer post(String token, String path, Object body) {
    return post(token, path, body, UUID.randomUUID().toString());
  }

  /// @param key the same key and body give the same answer, once more
  public Answer post(String token, String path, Object body, String key) {
    return send(keyed(token, path, key, JSON_TYPE).POST(BodyPublishers.ofByteArray(bytes(body))));
  }

  public Answer postText(String token, String path, String type, String body) {
    return postText(token, path, type, body, UUID.randomUUID().toString());
  }

  public Answer postText(String token, String path, String type, String body, String key) {
    return send(keyed(token, path, key, type).POST(BodyPublishers.ofString(body)));
  }

  public Answer put(String token, String path, Object body) {
    return send(
        keyed(token, path, UUID.randomUUID().toString(), JSON_TYPE)
            .PUT(BodyPublishers.ofByteArray(bytes(body))));
  }

  public Answer delete(String token, String path) {
    return send(request(token, path).DELETE());
  }

  /// Opens a stream of lines; the caller closes it.
  ///
  /// @param lastEventId empty at the start
  HttpResponse<Stream<String>> lines(String token, String path, String lastEventId)
      throws IOException {
    HttpRequest.Builder request = request(token, path).header("Accept", "text/event-stream");
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    try {
      return client.send(request.GET().build(), BodyHandlers.ofLines());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  Unavailable silent(IOException cause) {
    return new Unavailable(
        "the API at %s does not answer; start it with: rails up, or name another: --server URL"
            .formatted(base),
        cause);
  }

  private HttpRequest.Builder keyed(String token, String path, String key, String type) {
    return request(token, path).header("Idempotency-Key", key).header("Content-Type", type);
  }

  private HttpRequest.Builder request(String token, String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + token);
  }

  private Answer send(HttpRequest.Builder request) {
    HttpResponse<byte[]> raw = exchange(request, BodyHandlers.ofByteArray());
    return new Answer(raw.statusCode(), tree(raw), raw);
  }

  private <T> HttpResponse<T> exchange(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return client.send(request.build(), handler);
    } catch (IOException e) {
      throw silent(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static Unavailable interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new Unavailable("interrupted while waiting for the API", e);
  }

  private JsonNode tree(HttpResponse<byte[]> raw) {
    try {
      return raw.body().length == 0
          ? JSON.createObjectNode()
          : JSON.readTree(new String(raw.body(), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new Unavailable(
          "%s answered %d and no JSON; is it the API of AI Rails?"
              .formatted(base, raw.statusCode()),
          e);
    }
  }

  private static byte[] bytes(Object body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + body.getClass(), e);
    }
  }
}
