package ai.rails.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The append-only file of what a stand-in did and refused: one JSON object a line, on disk before
/// the client sees the answer.
///
/// It is the oracle for "once", so it is written by the stand-in alone, and a stand-in that starts
/// again reads its state from it.
public final class Journal implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final InstantSource clock;
  // guarded by this
  private final Map<String, Long> effects = new HashMap<>();
  private final Map<String, Long> refusals = new HashMap<>();
  private long sequence;

  private Journal(Path file, FileChannel channel, InstantSource clock) {
    this.file = file;
    this.channel = channel;
    this.clock = clock;
  }

  /// Opens or makes the file; a last line without its end, left by a crash, is cut off: nobody was
  /// told of it.
  public static Journal open(Path file, InstantSource clock) {
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      cutTornLine(file, channel);
      channel.position(channel.size());
      Journal journal = new Journal(file, channel, clock);
      journal.entries().forEach(journal::count);
      return journal;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the journal " + file, e);
    }
  }

  /// Records that `kind` happened; the facts are kept as they are.
  public void effect(String kind, ObjectNode facts) {
    append(Json.object().put("outcome", "effect").put("kind", kind).set("facts", facts));
  }

  void refused(Request request, Response response) {
    ObjectNode facts =
        Json.object()
            .put("method", request.method())
            .put("path", request.path())
            .put("status", response.status())
            .put("bytes", request.bytes());
    append(
        Json.object()
            .put("outcome", "refused")
            .put("kind", response.refusal())
            .set("facts", facts));
  }

  public synchronized long effects(String kind) {
    return effects.getOrDefault(kind, 0L);
  }

  public synchronized long refusals(String code) {
    return refusals.getOrDefault(code, 0L);
  }

  public synchronized long refusals() {
    return refusals.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Every entry, read back from the disk: `{seq, at, outcome: effect|refused, kind, facts}`.
  public synchronized List<JsonNode> entries() {
    try {
      List<JsonNode> entries = new ArrayList<>();
      for (String line : Files.readAllLines(file, UTF_8)) {
        entries.add(Json.parse(line));
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the journal " + file, e);
    }
  }

  /// The entries that changed something, oldest first.
  public List<JsonNode> effectEntries() {
    return entries().stream()
        .filter(entry -> entry.path("outcome").asText().equals("effect"))
        .toList();
  }

  /// The facts of the effects of one kind, oldest first.
  public List<JsonNode> facts(String kind) {
    return effectEntries().stream()
        .filter(entry -> entry.path("kind").asText().equals(kind))
        .map(entry -> entry.path("facts"))
        .toList();
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the journal " + file, e);
    }
  }

  private synchronized void append(JsonNode entry) {
    ObjectNode line = Json.object().put("seq", sequence).put("at", clock.instant().toString());
    line.setAll((ObjectNode) entry);
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the journal " + file, e);
    }
    count(line);
  }

  private synchronized void count(JsonNode entry) {
    Map<String, Long> counts = entry.path("outcome").asText().equals("effect") ? effects : refusals;
    counts.merge(entry.path("kind").asText(), 1L, Long::sum);
    sequence++;
  }

  private static void cutTornLine(Path file, FileChannel channel) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    channel.truncate(end);
  }
}
