package ai.rails.app.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.embedded.Unavailable;

/// Follows a stream of server-sent events over as many connections as it takes. Confined to one
/// thread.
public final class EventSource {
  private static final int MOST_FAILURES = 10;
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Api api;
  private final Supplier<String> token;
  private String lastId = "";

  /// @param token asked at each connection, since a stream outlives a token
  public EventSource(Api api, Supplier<String> token) {
    this.api = api;
    this.token = token;
  }

  /// Returns when the server has no more, or when `sink` has seen enough.
  ///
  /// @param sink takes the data of one event and says whether it wants more
  /// @throws Declined if the server refuses the stream
  /// @throws Unavailable if the server is gone for longer than some seconds
  public void follow(String path, Predicate<JsonNode> sink) {
    int failures = 0;
    while (true) {
      String before = lastId;
      try (Stream<String> lines = connect(path)) {
        if (!read(lines.iterator(), sink)) {
          return;
        }
        failures = 0;
        if (lastId.equals(before)) {
          LockSupport.parkNanos(PAUSE_NANOS); // an empty stream: do not hammer
        }
      } catch (Ended _) {
        return;
      } catch (IOException | java.io.UncheckedIOException e) {
        failures = lastId.equals(before) ? failures + 1 : 1;
        if (failures > MOST_FAILURES) {
          throw api.silent(e instanceof IOException io ? io : new IOException(e));
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /// The server has sent everything: it answers 204.
  private static final class Ended extends Exception {
    private static final long serialVersionUID = 1;
  }

  private Stream<String> connect(String path) throws IOException, Ended {
    HttpResponse<Stream<String>> answer = api.lines(token.get(), path, lastId);
    if (answer.statusCode() == 200) {
      return answer.body();
    }
    try (Stream<String> body = answer.body()) {
      if (answer.statusCode() == 204) {
        throw new Ended();
      }
      String text = String.join("\n", body.toList());
      if (answer.statusCode() >= 500) {
        throw new IOException("answered %d".formatted(answer.statusCode()));
      }
      JsonNode problem = tree(text);
      throw new Declined(Problems.line(answer.statusCode(), path, problem), problem);
    }
  }

  /// @return whether `sink` wants more
  private boolean read(Iterator<String> lines, Predicate<JsonNode> sink) {
    String id = lastId;
    StringBuilder data = new StringBuilder();
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        data.append(line, "data: ".length(), line.length()).append('\n');
      } else if (line.isEmpty() && !data.isEmpty()) {
        lastId = id;
        if (!sink.test(tree(data.toString()))) {
          return false;
        }
        data.setLength(0);
      }
    }
    return true;
  }

  private static JsonNode tree(String text) {
    try {
      return Api.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new Unavailable("the API sent something that is no JSON", e);
    }
  }
}
