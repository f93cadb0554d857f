package ai.rails.command.slack;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import com.fasterxml.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.platform.egress.ServiceSocket;
import ai.rails.platform.egress.ServiceTunnel;
import ai.rails.platform.http.Json;

/// Holds a socket open to Slack for each app that has an app-level token, so that clicks come in
/// without a way in from outside. Each app has a thread of its own, which reconnects with growing
/// pauses; an envelope is answered before the next one is read, and what was acknowledged to a
/// socket that died meanwhile comes again on the next, where a repetition changes nothing.
public final class SocketMode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SocketMode.class);
  private static final Duration QUIET = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final ServiceTunnel tunnel;
  private final SlackSide side;
  private final Apps apps;
  private final Desk desk;
  private final RandomGenerator random;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<SlackApp, Thread> threads = new ConcurrentHashMap<>();
  private final Map<SlackApp, ServiceSocket> open = new ConcurrentHashMap<>();

  /// Who has a token.
  public interface Apps {
    List<SlackApp> all();

    /// The app-level token; absent when it was taken away.
    Optional<String> token(SlackApp app);
  }

  /// Does what an envelope asks for.
  @FunctionalInterface
  public interface Desk {
    Optional<Map<String, Object>> take(SlackApp app, JsonNode payload, String traceparent);
  }

  /// @param tunnel leads to Slack's hosts
  public SocketMode(ServiceTunnel tunnel, Apps apps, Desk desk, RandomGenerator random) {
    this.tunnel = tunnel;
    this.side = new SlackSide(tunnel);
    this.apps = apps;
    this.desk = desk;
    this.random = random;
  }

  /// Takes up apps that nobody holds a socket for. An app whose token can not be had keeps none of
  /// the others waiting, and the token of one that has its socket is not asked for.
  public void look() {
    for (SlackApp app : apps.all()) {
      if (closed.getCount() > 0) {
        threads.computeIfAbsent(
            app, _ -> Thread.ofVirtual().name("slack-socket").start(() -> hold(app)));
      }
    }
  }

  private void hold(SlackApp app) {
    Duration pause = FIRST_PAUSE;
    try {
      while (closed.getCount() > 0) {
        long began = System.nanoTime();
        if (!connection(app)) {
          return;
        }
        boolean held = System.nanoTime() - began > LONGEST_PAUSE.toNanos();
        pause = held ? FIRST_PAUSE : pause;
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      threads.remove(app);
    }
  }

  /// @return false if the app has no token any more
  private boolean connection(SlackApp app) {
    try {
      Optional<String> token = apps.token(app);
      if (token.isEmpty()) {
        return false;
      }
      URI url = side.openSocket(token.get());
      try (ServiceSocket socket = ServiceSocket.open(tunnel, app.tenant(), url, QUIET, random)) {
        open.put(app, socket);
        for (Optional<String> text = socket.next(); text.isPresent(); text = socket.next()) {
          if (!answered(app, socket, text.get())) {
            return true;
          }
        }
      } finally {
        open.remove(app);
      }
    } catch (IOException | RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("tenant", app.tenant())
          .addKeyValue("instance", app.instance())
          .addKeyValue("reason", e.getMessage())
          .log("Slack's socket broke and is opened again");
    }
    return true;
  }

  /// @return false if Slack wants another connection
  private boolean answered(SlackApp app, ServiceSocket socket, String text) throws IOException {
    JsonNode envelope = Json.tree(text.getBytes(StandardCharsets.UTF_8));
    String type = envelope.path("type").asText();
    if (type.equals("disconnect")) {
      return false;
    }
    String id = envelope.path("envelope_id").asText();
    if (id.isEmpty()) {
      return true;
    }
    Map<String, Object> acknowledgement = new HashMap<>(Map.of("envelope_id", id));
    if (type.equals("interactive")) {
      Optional<Map<String, Object>> answer =
          desk.take(app, envelope.path("payload"), traceparent());
      if (envelope.path("accepts_response_payload").asBoolean()) {
        answer.ifPresent(payload -> acknowledgement.put("payload", payload));
      }
    }
    socket.send(new String(Json.write(acknowledgement), StandardCharsets.UTF_8));
    return true;
  }

  /// A click begins a trace.
  private String traceparent() {
    return "00-%016x%016x-%016x-01"
        .formatted(random.nextLong(), random.nextLong() | 1, random.nextLong() | 1);
  }

  /// How many sockets are open.
  public int connections() {
    return open.size();
  }

  @Override
  public void close() {
    closed.countDown();
    open.values().forEach(ServiceSocket::close);
    threads.values().forEach(Thread::interrupt);
  }
}
