package ai.rails.stream.provisioner;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Supplier;

import ai.rails.schema.Topics;

/// Tells command-services: `POST <command.url>/v1/tenants/{id}/provisioned` with a service token.
/// Every 2xx is an acceptance; the idempotency key is the tenant's, so telling twice is one
/// command.
public final class HttpTenantProvisioned implements TenantProvisioned, AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI command;
  private final Supplier<String> token;

  /// @param command `command.url`
  /// @param token gives a valid bearer token at each call
  public HttpTenantProvisioned(URI command, Supplier<String> token) {
    this.command = command;
    this.token = token;
  }

  @Override
  public void report(String tenant) throws IOException, InterruptedException {
    String id = Topics.requireTenant(tenant);
    HttpRequest request =
        HttpRequest.newBuilder(command.resolve("/v1/tenants/%s/provisioned".formatted(id)))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token.get())
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "provisioned-" + id)
            .POST(BodyPublishers.ofString("{}"))
            .build();
    HttpResponse<Void> response = client.send(request, BodyHandlers.discarding());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "command-services answered %d to provisioned of tenant %s"
              .formatted(response.statusCode(), id));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
