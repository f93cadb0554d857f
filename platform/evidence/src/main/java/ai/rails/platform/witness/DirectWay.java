package ai.rails.platform.witness;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Plain HTTP or HTTPS.
final class DirectWay implements Way {
  private final HttpClient http;

  DirectWay(Duration connect) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connect)
            .build();
  }

  @Override
  public Reply send(String method, URI address, String contentType, byte[] body, Duration limit)
      throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(limit);
    if (method.equals("GET")) {
      request.GET();
    } else {
      request.header("Content-Type", contentType).method(method, BodyPublishers.ofByteArray(body));
    }
    CompletableFuture<HttpResponse<byte[]>> sent =
        http.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    try {
      HttpResponse<byte[]> answer = sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Reply(answer.statusCode(), answer.body());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof IOException io ? io : new IOException(cause);
    } catch (TimeoutException _) {
      // The request's own limit ends with the answer's head; this one holds for the body too.
      boolean _ = sent.cancel(true);
      throw new HttpTimeoutException("no answer within " + limit);
    } catch (InterruptedException _) {
      boolean _ = sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for an answer");
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
