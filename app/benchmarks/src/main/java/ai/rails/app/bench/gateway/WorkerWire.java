package ai.rails.app.bench.gateway;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.app.bench.Latency;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.IssuedCertificate;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.Tls;
import ai.rails.platform.telemetry.Telemetry;

/// The transport of the worker protocol with nothing behind it: the product's server and mutual
/// TLS, a request and an answer as long as those of an intent.
final class WorkerWire implements AutoCloseable {
  private static final int REQUEST = 1_800;
  private static final int ANSWER = 900;
  private static final int WARM = 100;
  private static final String PATH = "/v1/worker/nothing";

  private final Telemetry telemetry;
  private final HttpServer server;
  private final Direct client;

  private WorkerWire(Telemetry telemetry, HttpServer server, Direct client) {
    this.telemetry = telemetry;
    this.server = server;
    this.client = client;
  }

  static WorkerWire open(DevelopmentCa ca, String password)
      throws IOException, GeneralSecurityException {
    IssuedCertificate own = ca.server("wire", List.of("localhost"));
    IssuedCertificate worker = ca.client("wire-worker", URI.create("spiffe://bench/worker"));
    Telemetry telemetry = Telemetry.inMemory();
    HttpServer server =
        HttpServer.start(
            new Binding(
                "127.0.0.1",
                0,
                Optional.of(Tls.context(own.pkcs12(), password, ca.certificateFile()))),
            List.of(
                new Route(
                    "POST",
                    PATH,
                    Label.STRONG,
                    Access.open("nothing is behind it"),
                    _ -> Answer.ok(Map.of("tickets", "t".repeat(ANSWER))))),
            _ -> new Principal("bench", "worker", Set.of(Role.SERVICE)),
            Refusals.UNRECORDED,
            telemetry);
    Direct client =
        new Direct(
            Tls.context(worker.pkcs12(), password, ca.certificateFile()),
            URI.create("https://localhost:%s%s".formatted(server.port(), PATH)));
    return new WorkerWire(telemetry, server, client);
  }

  Latency measure(int times) throws IOException, InterruptedException {
    String body = "{\"call\":\"%s\"}".formatted("c".repeat(REQUEST));
    List<Duration> took = new ArrayList<>();
    for (int i = 0; i < WARM + times; i++) {
      Duration each = client.post(200, body, "Content-Type", "application/json");
      if (i >= WARM) {
        took.add(each);
      }
    }
    return Latency.of(took);
  }

  @Override
  public void close() {
    client.close();
    server.close();
    telemetry.close();
  }
}
