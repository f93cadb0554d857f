package ai.rails.platform.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A client that listens to server-sent events. Confined to the request's thread.
public final class EventStream {
  private final OutputStream out;

  EventStream(OutputStream out) {
    this.out = out;
  }

  /// Produces events; it returns to end the stream.
  @FunctionalInterface
  public interface Source {
    void run(EventStream stream) throws IOException;
  }

  /// Sends one event at once.
  ///
  /// @param id what the client sends as `Last-Event-ID` when it comes back
  /// @throws IOException if the client went away
  public void send(String id, String event, String data) throws IOException {
    var text = new StringBuilder();
    text.append("id: ").append(line(id)).append("\nevent: ").append(line(event)).append('\n');
    data.lines().forEach(part -> text.append("data: ").append(part).append('\n'));
    write(text.append('\n').toString());
  }

  /// Keeps the connection open and finds out whether the client is there.
  public void beat() throws IOException {
    write(":\n\n");
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String line(String value) {
    if (value.chars().anyMatch(c -> c == '\n' || c == '\r')) {
      throw new IllegalArgumentException("an event's id and name are one line");
    }
    return value;
  }
}
