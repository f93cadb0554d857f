package ai.rails.platform.identity;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.platform.json.StrictJson;

/// Reads over HTTPS, or over HTTP from this machine; follows no redirect, so that a provider can
/// not send us elsewhere. Safe for use by several threads.
public final class HttpFetch implements Fetch, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 256 << 10;

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(LIMIT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  @Override
  public JsonNode json(URI address) throws IOException {
    boolean loopback =
        List.of("127.0.0.1", "localhost").contains(String.valueOf(address.getHost()));
    if (!"https".equals(address.getScheme()) && !loopback) {
      throw new IOException("not an https address");
    }
    HttpRequest request =
        HttpRequest.newBuilder(address).timeout(LIMIT).header("Accept", "application/json").build();
    try {
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (answer.statusCode() != 200 || bytes.length > MAX_BYTES) {
          throw new IOException("a provider answered " + answer.statusCode());
        }
        return StrictJson.read(bytes);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
