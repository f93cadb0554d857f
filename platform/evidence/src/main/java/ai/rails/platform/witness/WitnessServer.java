package ai.rails.platform.witness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.VerifierKey;

/// A witness over HTTP: `POST /add-checkpoint`, and `GET /<origin hash>/checkpoint` for monitors.
/// Submission and monitoring prefix are the same. Needs the JDK and a directory, nothing else.
public final class WitnessServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WitnessServer.class);
  private static final int BACKLOG = 256;
  private static final int AT_ONCE = 256;
  private static final int STOP_SECONDS = 2;
  private static final Duration PLACE_WAIT = Duration.ofSeconds(2);
  private static final Pattern MONITORED = Pattern.compile("/([0-9a-f]{64})/checkpoint");

  private final HttpServer server;
  private final Witness witness;
  private final WitnessState state;
  private final VerifierKey key;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private WitnessServer(HttpServer server, Witness witness, WitnessState state, VerifierKey key) {
    this.server = server;
    this.witness = witness;
    this.state = state;
    this.key = key;
  }

  /// Where a witness keeps its things.
  ///
  /// @param directory its memory, for it alone
  /// @param keyFile its private key, one line
  /// @param logsFile the logs that it cosigns; read again when it has changed
  /// @param port 0 lets the system choose
  public record Settings(Path directory, Path keyFile, Path logsFile, String bind, int port) {}

  /// Listens.
  ///
  /// @throws IOException if a file or the port can not be used
  /// @throws IllegalArgumentException if the key or the list of logs is not readable
  public static WitnessServer start(Settings settings, InstantSource clock) throws IOException {
    NoteSigner signer = NoteSigner.parse(Files.readString(settings.keyFile()).strip());
    var logs = new WatchedLogs(settings.logsFile());
    WitnessState state = WitnessState.open(settings.directory());
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(settings.bind(), settings.port()), BACKLOG);
      var witness = new Witness(signer, logs::get, state, clock);
      var server = new WitnessServer(http, witness, state, signer.cosignatureKey());
      http.setExecutor(server.threads);
      http.createContext("/", server::answer);
      http.start();
      LOG.atInfo()
          .addKeyValue("witness", signer.cosignatureKey())
          .addKeyValue("port", server.port())
          .addKeyValue("logs", state.logs())
          .log("witness listens");
      return server;
    } catch (IOException e) {
      state.close();
      throw e;
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /// The key that verifies its cosignatures.
  public VerifierKey key() {
    return key;
  }

  @Override
  public void close() throws IOException {
    server.stop(STOP_SECONDS);
    threads.shutdown();
    state.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Witness.Reply reply = reply(exchange);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", reply.type());
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Witness.Reply reply(HttpExchange exchange) throws IOException {
    try {
      if (!places.tryAcquire(PLACE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return Witness.Reply.refused(503, "too many requests at once; try again");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Witness.Reply.refused(503, "the witness stops");
    }
    try {
      return routed(exchange);
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the witness's memory can not be used; nothing was cosigned");
      return Witness.Reply.refused(500, "the witness's memory can not be used");
    } finally {
      places.release();
    }
  }

  private Witness.Reply routed(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    if (path.equals("/add-checkpoint")) {
      return exchange.getRequestMethod().equals("POST") ? add(exchange) : wrongMethod("POST");
    }
    var monitored = MONITORED.matcher(path);
    if (monitored.matches()) {
      return exchange.getRequestMethod().equals("GET")
          ? checkpoint(monitored.group(1))
          : wrongMethod("GET");
    }
    return Witness.Reply.refused(
        404, "a witness has /add-checkpoint and /<origin hash>/checkpoint");
  }

  private Witness.Reply add(HttpExchange exchange) throws IOException {
    byte[] body;
    try {
      body = exchange.getRequestBody().readNBytes(AddCheckpoint.BYTES_MAX + 1);
    } catch (IOException _) {
      return Witness.Reply.refused(400, "the body did not arrive");
    }
    return body.length > AddCheckpoint.BYTES_MAX
        ? Witness.Reply.refused(
            413, "a body has at most %d bytes".formatted(AddCheckpoint.BYTES_MAX))
        : witness.add(body);
  }

  private Witness.Reply checkpoint(String id) throws IOException {
    Optional<Note> note = witness.checkpoint(id);
    return note.map(Witness::text)
        .map(text -> new Witness.Reply(200, Witness.Reply.TEXT, text))
        .orElseGet(() -> Witness.Reply.refused(404, "this witness has not cosigned the log"));
  }

  private static Witness.Reply wrongMethod(String method) {
    return Witness.Reply.refused(405, "this address takes " + method);
  }

  /// The list of logs, read again when its file has changed. A file that can not be read leaves the
  /// list as it was.
  private static final class WatchedLogs {
    private final Path file;
    private FileTime changed;
    private LogList logs;

    WatchedLogs(Path file) throws IOException {
      this.file = file;
      this.changed = Files.getLastModifiedTime(file);
      this.logs = LogList.read(file);
    }

    synchronized LogList get() {
      try {
        FileTime now = Files.getLastModifiedTime(file);
        if (!now.equals(changed)) {
          logs = LogList.read(file);
          changed = now;
          LOG.atInfo().log("the list of logs was read again");
        }
      } catch (IOException | IllegalArgumentException e) {
        LOG.atError().setCause(e).log("the list of logs can not be read; the last one holds");
      }
      return logs;
    }
  }
}
