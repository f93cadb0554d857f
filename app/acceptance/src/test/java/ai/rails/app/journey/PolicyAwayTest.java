package ai.rails.app.journey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.journey.Triage.Started;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// OPA killed and kept down, then something else in its place that answers anything but a decision:
/// nothing leaves, the run says why it waits, and goes on when OPA is back.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class PolicyAwayTest {
  private static final List<String> GARBAGE =
      List.of(
          "",
          "not JSON",
          "{}",
          "{\"result\":true}",
          "{\"result\":{\"effect\":\"ALLOW\",\"reasons\":[],\"obligations\":[]}}",
          "[".repeat(5_000));

  @AfterEach
  void letOpaStart(Cell cell) {
    cell.keepOpaDown(false);
  }

  @Test
  void nothingLeavesWithoutADecision(Cell cell) throws IOException {
    Triage triage = cell.triage();
    long tunnels = tunnels(cell);
    String status = status(cell);
    cell.keepOpaDown(true);
    Signals.kill(cell.child("opa"));
    cell.awaitHealth("opa", "down");

    Started waiting = triage.start();
    awaitPolicyWait(triage, waiting, 3);

    var lies = new AtomicInteger();
    HttpServer liar = liar(cell, status, lies);
    try {
      Triage.await("every kind of garbage as a decision", () -> lies.get() > GARBAGE.size());
      awaitPolicyWait(triage, waiting, 3 + GARBAGE.size());
    } finally {
      liar.stop(0);
    }
    assertThat(tunnels(cell)).as("CONNECTs while there was no policy").isEqualTo(tunnels);
    assertThat(triage.serviceNow().patches(waiting.ticket().sysId())).isZero();
    assertThat(triage.events(waiting.run()))
        .noneMatch(entry -> entry.path("entryType").asText().equals("TOOL_ACTION_INTENDED"));

    long back = System.nanoTime();
    cell.keepOpaDown(false);
    assertThat(triage.settle(List.of(waiting)).values()).containsOnly("COMPLETED");
    Figures.print("OPA may start again until the waiting run had ended", back);
    ServersKilledTest.assertWrittenOnce(triage, List.of(waiting));
    ServersKilledTest.assertVerified(cell);
  }

  private static void awaitPolicyWait(Triage triage, Started started, int attempt) {
    Triage.await(
        "attempt %d held back for want of policy".formatted(attempt),
        () -> {
          JsonNode waiting = triage.run(started.run()).path("waiting").path(0);
          return waiting.path("reason").asText().equals("POLICY")
              && waiting.path("code").asText().equals("POLICY_UNAVAILABLE")
              && waiting.path("mover").asText().equals("policy decision point")
              && attempt(triage, started) >= attempt;
        });
  }

  private static int attempt(Triage triage, Started started) {
    return triage.run(started.run()).path("steps").path(0).path("attempt").asInt();
  }

  /// Every tunnel that the proxy opened or refused is a line in its log.
  private static long tunnels(Cell cell) {
    return cell.log("egress").lines().filter(line -> line.contains("tunnel ")).count();
  }

  /// What OPA says of its bundles, so that the liar in its place passes for fresh.
  private static String status(Cell cell) {
    return Http.send(
            "GET",
            URI.create(cell.stack().properties().require("opa.url") + "/v1/status"),
            Map.of("Authorization", "Bearer " + cell.stack().properties().require("opa.token")),
            "")
        .body()
        .toString();
  }

  /// @param lies counts the decisions that it has answered
  private static HttpServer liar(Cell cell, String status, AtomicInteger lies) throws IOException {
    int port = cell.stack().properties().requireInt("opa.port");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean decision = exchange.getRequestURI().getPath().startsWith("/v1/data");
          byte[] body =
              (decision ? GARBAGE.get(lies.getAndIncrement() % GARBAGE.size()) : status)
                  .getBytes(UTF_8);
          try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    return server;
  }
}
