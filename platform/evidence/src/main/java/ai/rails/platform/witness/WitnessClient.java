package ai.rails.platform.witness;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.checkpoint.VerifierKey;

/// Asks one witness for its cosignature. Whatever the witness does, the answer comes within the
/// time limit and takes little memory. Thread-safe.
public final class WitnessClient implements AutoCloseable {
  private static final int ANSWER_BYTES_MAX = 64 << 10;
  private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,18})\n");

  private final HttpClient http;
  private final String prefix;
  private final VerifierKey key;
  private final Duration limit;

  /// @param prefix the witness's submission prefix
  /// @param key the witness's
  /// @param limit for one request
  public WitnessClient(URI prefix, VerifierKey key, Duration limit) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limit)
            .build();
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
    HttpRequest post =
        request("add-checkpoint")
            .header("Content-Type", "text/plain; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.bytes()))
            .build();
    return switch (send(post)) {
      case Sent.Arrived(int status, byte[] body) ->
          read(status, new String(body, StandardCharsets.UTF_8), request);
      case Sent.Lost(String why) -> new Answer.Unavailable(why);
    };
  }

  /// What the witness cosigned last of a log, where it says so; nothing of it is verified.
  public Optional<Note> checkpoint(String origin) {
    HttpRequest get = request(WitnessState.id(origin) + "/checkpoint").GET().build();
    try {
      return send(get) instanceof Sent.Arrived(int status, byte[] body) && status == 200
          ? Optional.of(Note.parse(body))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(prefix + path)).timeout(limit);
  }

  private sealed interface Sent {
    @SuppressWarnings("ArrayRecordComponent") // read once
    record Arrived(int status, byte[] body) implements Sent {}

    record Lost(String why) implements Sent {}
  }

  private Sent send(HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> sent =
        http.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    try {
      HttpResponse<byte[]> answer = sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Sent.Arrived(answer.statusCode(), answer.body());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Sent.Lost(cause.getClass().getSimpleName());
    } catch (TimeoutException _) {
      // The request's own limit ends with the answer's head; this one holds for the body too.
      sent.cancel(true);
      return new Sent.Lost("no answer within " + limit);
    } catch (InterruptedException _) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      return new Sent.Lost("interrupted");
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
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
