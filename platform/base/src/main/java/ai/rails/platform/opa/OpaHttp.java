package ai.rails.platform.opa;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.platform.json.StrictJson;

/// HTTP to the OPA sidecar: bounded in time and size, never compressed, no redirect, one retry and
/// only when the connection was refused. Safe for use by several threads.
final class OpaHttp implements AutoCloseable {
  private final OpaSettings settings;
  private final HttpClient client;

  OpaHttp(OpaSettings settings) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connect())
            .build();
  }

  JsonNode post(String path, byte[] body, int limit) throws PdpFailure {
    return exchange(
        to(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        limit);
  }

  JsonNode get(String path, int limit) throws PdpFailure {
    return exchange(to(path).GET().build(), limit);
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(settings.url().resolve(path))
        .header("Authorization", "Bearer " + settings.token())
        .timeout(settings.total());
  }

  private JsonNode exchange(HttpRequest request, int limit) throws PdpFailure {
    try {
      HttpResponse<byte[]> response;
      try {
        response = send(request, limit);
      } catch (ConnectException refused) {
        response = send(request, limit);
      }
      return read(response);
    } catch (HttpConnectTimeoutException e) {
      throw new PdpFailure("pdp_connect_timeout");
    } catch (ConnectException e) {
      throw new PdpFailure("pdp_refused");
    } catch (HttpTimeoutException e) {
      throw new PdpFailure("pdp_timeout");
    } catch (LimitedBody.TooLong e) {
      throw new PdpFailure("pdp_body_too_long");
    } catch (IOException e) {
      throw new PdpFailure("pdp_broken_connection");
    }
  }

  // The request's own timeout ends with the headers, so the body needs the future's.
  private HttpResponse<byte[]> send(HttpRequest request, int limit) throws IOException, PdpFailure {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, response -> new LimitedBody(limit));
    Duration total = settings.total();
    try {
      return answer.get(total.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new PdpFailure("pdp_timeout");
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new PdpFailure("pdp_interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new PdpFailure("pdp_broken_connection");
    }
  }

  private static JsonNode read(HttpResponse<byte[]> response) throws PdpFailure {
    if (response.statusCode() != 200) {
      throw new PdpFailure("pdp_status_" + response.statusCode());
    }
    if (response.headers().firstValue("Content-Encoding").isPresent()) {
      throw new PdpFailure("pdp_encoded");
    }
    try {
      return StrictJson.read(response.body());
    } catch (IOException e) {
      throw new PdpFailure("pdp_malformed");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
