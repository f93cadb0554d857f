package ai.rails.app.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.embedded.Unavailable;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A plain client of ServiceNow, as a program without governance has one: one token for all calls,
/// connections kept open. Thread-safe.
final class Desk implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client;
  private final URI base;
  private final String token;

  private Desk(HttpClient client, URI base, String token) {
    this.client = client;
    this.base = base;
    this.token = token;
  }

  /// Logs in with client credentials.
  static Desk open(URI base, SSLContext trust, String clientId, String clientSecret) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trust)
            .connectTimeout(LIMIT)
            .build();
    String form =
        "grant_type=client_credentials&client_id=%s&client_secret=%s"
            .formatted(URLEncoder.encode(clientId, UTF_8), URLEncoder.encode(clientSecret, UTF_8));
    HttpRequest.Builder login =
        HttpRequest.newBuilder(base.resolve("/oauth_token.do"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    return new Desk(client, base, send(client, login).path("access_token").asText());
  }

  /// What the incident says.
  String read(String sysId) {
    JsonNode incident = get(sysId);
    return incident.path("short_description").asText()
        + "\n"
        + incident.path("description").asText();
  }

  /// Writes the category and reads it back.
  void write(String sysId, String category, String marker) {
    String body =
        JSON.valueToTree(Map.of("category", category, "work_notes", "[airails:" + marker + "]"))
            .toString();
    send(
        client,
        request(sysId)
            .header("Content-Type", "application/json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    String found = get(sysId).path("category").asText();
    if (!found.equals(category)) {
      throw new Unavailable(
          "incident %s has category %s after %s was written".formatted(sysId, found, category));
    }
  }

  private JsonNode get(String sysId) {
    return send(client, request(sysId).GET()).path("result");
  }

  private HttpRequest.Builder request(String sysId) {
    return HttpRequest.newBuilder(base.resolve("/api/now/table/incident/" + sysId))
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json");
  }

  private static JsonNode send(HttpClient client, HttpRequest.Builder request) {
    HttpRequest bounded = request.timeout(LIMIT).build();
    try {
      HttpResponse<byte[]> answer = client.send(bounded, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() >= 300) {
        throw new Unavailable(
            "the ServiceNow stand-in answered %s with %d"
                .formatted(bounded.uri().getPath(), answer.statusCode()));
      }
      return JSON.readTree(new String(answer.body(), UTF_8));
    } catch (IOException e) {
      throw new Unavailable("the ServiceNow stand-in did not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for the ServiceNow stand-in", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
