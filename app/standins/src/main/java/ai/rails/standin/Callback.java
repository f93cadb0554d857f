package ai.rails.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// A request that a service sends to the product, signed and ready; a test may alter a copy and
/// deliver that.
public record Callback(Map<String, String> headers, String body) {
  public Callback {
    headers = Map.copyOf(headers);
  }

  /// What the product answered.
  public record Receipt(int status, String body) {}

  public Callback withBody(String other) {
    return new Callback(headers, other);
  }

  public Callback withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Callback(more, body);
  }

  public Callback withoutHeader(String name) {
    Map<String, String> fewer = new LinkedHashMap<>(headers);
    fewer.remove(name);
    return new Callback(fewer, body);
  }

  public Receipt deliver(HttpClient client, URI target) {
    HttpRequest.Builder request = HttpRequest.newBuilder(target).timeout(Duration.ofSeconds(10));
    headers.forEach(request::setHeader);
    try {
      HttpResponse<String> response =
          client.send(
              request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
              HttpResponse.BodyHandlers.ofString());
      return new Receipt(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException("no answer from " + target, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + target, e);
    }
  }
}
