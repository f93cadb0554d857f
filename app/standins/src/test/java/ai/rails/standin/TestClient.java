package ai.rails.standin;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/// A plain client that sends what a test writes down.
public record TestClient(URI base, Map<String, String> headers) {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// A status, a body and the headers that tests look at.
  public record Reply(int status, String body, HttpHeaders headers) {
    public JsonNode json() {
      return Json.parse(body);
    }

    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  public TestClient with(String name, String value) {
    var more = new HashMap<>(headers);
    more.put(name, value);
    return new TestClient(base, more);
  }

  public TestClient without(String name) {
    var fewer = new HashMap<>(headers);
    fewer.remove(name);
    return new TestClient(base, fewer);
  }

  public Reply get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  public Reply post(String path, String body) throws IOException, InterruptedException {
    return send("POST", path, body);
  }

  public Reply send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    headers.forEach(request::header);
    HttpRequest.BodyPublisher publisher =
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    HttpResponse<String> response =
        CLIENT.send(
            request.method(method, publisher).build(), HttpResponse.BodyHandlers.ofString());
    return new Reply(response.statusCode(), response.body(), response.headers());
  }
}
