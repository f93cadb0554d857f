package ai.rails.projection.access;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import ai.rails.domain.ledger.Sha256;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Unavailable;

/// Tells command-services: `POST <command.url>/v1/tenants/{tenant}/accesses`, with a service token
/// that is good for that tenant only.
public final class HttpAccessNotes implements AccessNotes, AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI command;
  private final UnaryOperator<String> token;
  private final InstantSource clock;

  /// @param command `command.url`
  /// @param token gives a bearer token for a tenant, with role `service` and subject
  ///   `svc-projection`
  public HttpAccessNotes(URI command, UnaryOperator<String> token, InstantSource clock) {
    this.command = command;
    this.token = token;
    this.clock = clock;
  }

  @Override
  public void note(Taken taken) {
    byte[] body = Json.write(body(taken));
    String key =
        Sha256.hex(
            (clock.millis() / MINUTE + " " + new String(body, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(command.resolve("/v1/tenants/%s/accesses".formatted(taken.tenant())))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token.apply(taken.tenant()))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "access-" + key)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    int status = send(request);
    if (status == 429) {
      throw new Problem(
              429, "TOO_MANY", "evidence was taken too often in this hour; go on in the next one")
          .with("Retry-After", "600");
    }
    if (status / 100 != 2) {
      throw new Unavailable(
          "command-services answered %d to an access note; without it no evidence is given"
              .formatted(status));
    }
  }

  private int send(HttpRequest request) {
    try {
      HttpResponse<Void> answer = client.send(request, BodyHandlers.discarding());
      return answer.statusCode();
    } catch (IOException e) {
      throw new Unavailable("command-services does not take access notes", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted before the access was noted", e);
    }
  }

  private static Map<String, Object> body(Taken taken) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("principal", taken.principal());
    body.put("workspace", taken.workspace());
    body.put("route", taken.route());
    body.put("resource", taken.resource());
    taken
        .export()
        .ifPresent(export -> {
          body.put("scope", export.scope().name());
          body.put("treeSize", export.treeSize());
        });
    return body;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
