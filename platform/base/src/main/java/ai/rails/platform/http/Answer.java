package ai.rails.platform.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// What a handler answers. Immutable; the body is either bytes or written while it is sent.
///
/// @param headers without `Content-Type`
public record Answer(int status, String contentType, Map<String, String> headers, Body body) {
  public static final String JSON = "application/json";

  public Answer {
    headers = Map.copyOf(headers);
  }

  /// An answer's body.
  public sealed interface Body {
    /// Known bytes.
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] bytes) implements Body {}

    /// Written while it is sent; also for server-sent events.
    record Written(Writer writer) implements Body {}
  }

  /// Writes a body; an [IOException] means that the client went away.
  @FunctionalInterface
  public interface Writer {
    void write(OutputStream out) throws IOException;
  }

  public static Answer json(int status, Object body) {
    return bytes(status, JSON, Json.write(body));
  }

  public static Answer bytes(int status, String contentType, byte[] body) {
    return new Answer(status, contentType, Map.of(), new Body.Bytes(body));
  }

  public static Answer text(int status, String contentType, String body) {
    return bytes(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  public static Answer empty(int status) {
    return new Answer(status, "", Map.of(), new Body.Bytes(new byte[0]));
  }

  public static Answer ok(Object body) {
    return json(200, body);
  }

  public static Answer created(String location, Object body) {
    return json(201, body).header("Location", location);
  }

  public static Answer accepted(String location, Object body) {
    return json(202, body).header("Location", location);
  }

  public static Answer written(int status, String contentType, Writer writer) {
    return new Answer(status, contentType, Map.of(), new Body.Written(writer));
  }

  /// Server-sent events until `source` returns or the client leaves.
  public static Answer events(EventStream.Source source) {
    return written(200, "text/event-stream", out -> source.run(new EventStream(out)))
        .header("X-Accel-Buffering", "no");
  }

  public Answer header(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, more, body);
  }

  /// Adds a strong entity tag; a GET that knows it gets 304.
  public Answer etag(String tag) {
    return header("ETag", '"' + tag + '"');
  }
}
