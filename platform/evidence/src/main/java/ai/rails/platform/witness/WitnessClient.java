package ai.rails.platform.witness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.checkpoint.VerifierKey;

/// Asks one witness for its cosignature. Whatever the witness does, the answer comes within the
/// time limit and takes little memory. Thread-safe.
public final class WitnessClient implements AutoCloseable {
  private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,18})\n");

  private final Way way;
  private final String prefix;
  private final VerifierKey key;
  private final Duration limit;

  /// @param prefix the witness's submission prefix
  /// @param key the witness's
  /// @param way to the witness; closed with this
  /// @param limit for one request
  public WitnessClient(URI prefix, VerifierKey key, Way way, Duration limit) {
    this.way = way;
    String text = prefix.toString();
    this.prefix = text.endsWith("/") ? text : text + "/";
    this.key = key;
    this.limit = limit;
  }

  /// What a witness says.
  public sealed interface Answer {
    /// It saw the log grow, and says when.
    record Cosigned(NoteSignature signature) implements Answer {}

    /// The checkpoint that it cosigned last has this size, not the one that was said.
    record Conflict(long size) implements Answer {}

    /// It will not cosign; asking the same again changes nothing.
    ///
    /// @param status 400, 403, 404 or 422
    record Refused(int status) implements Answer {}

    /// It does not answer, or not as a witness does; asking later may help.
    record Unavailable(String why) implements Answer {}
  }

  /// Posts a checkpoint; never throws for what the witness does.
  public Answer add(AddCheckpoint request) {
    try {
      Way.Reply reply = send("POST", "add-checkpoint", request.bytes());
      return read(reply.status(), new String(reply.body(), StandardCharsets.UTF_8), request);
    } catch (HttpTimeoutException e) {
      return new Answer.Unavailable(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Answer.Unavailable(e.getClass().getSimpleName());
    }
  }

  /// What the witness cosigned last of a log, where it says so; nothing of it is verified.
  public Optional<Note> checkpoint(String origin) {
    try {
      Way.Reply reply = send("GET", WitnessState.id(origin) + "/checkpoint", new byte[0]);
      return reply.status() == 200 ? Optional.of(Note.parse(reply.body())) : Optional.empty();
    } catch (IOException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private Way.Reply send(String method, String path, byte[] body) throws IOException {
    return way.send(method, URI.create(prefix + path), "text/plain; charset=utf-8", body, limit);
  }

  @Override
  public void close() {
    way.close();
  }

  private Answer read(int status, String body, AddCheckpoint request) {
    return switch (status) {
      case 200 -> cosigned(body, request.checkpoint());
      case 409 -> conflict(body);
      case 400, 403, 404, 422 -> new Answer.Refused(status);
      default -> new Answer.Unavailable("status " + status);
    };
  }

  /// Signatures by other keys are ignored, as the specification says.
  private Answer cosigned(String body, Note note) {
    try {
      for (String line : body.split("\n", -1)) {
        if (!line.isEmpty()) {
          NoteSignature signature = NoteSignature.parse(line);
          if (signature.by(key)) {
            return key.verifies(note.text(), signature.signature())
                ? new Answer.Cosigned(signature)
                : new Answer.Unavailable("a cosignature that does not verify");
          }
        }
      }
    } catch (IllegalArgumentException e) {
      return new Answer.Unavailable("an answer that is no signature");
    }
    return new Answer.Unavailable("no cosignature by the key that the policy names");
  }

  private static Answer conflict(String body) {
    if (!SIZE.matcher(body).matches()) {
      return new Answer.Unavailable("a conflict without a size");
    }
    try {
      return new Answer.Conflict(Long.parseLong(body.strip()));
    } catch (NumberFormatException _) {
      return new Answer.Unavailable("a size that no log has");
    }
  }
}
