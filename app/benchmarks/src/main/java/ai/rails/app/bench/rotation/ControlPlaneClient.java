package ai.rails.app.bench.rotation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.net.ssl.SSLContext;

import ai.rails.app.embedded.Unavailable;
import ai.rails.enclave.release.KeySource;
import ai.rails.platform.http.Json;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.Release;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;

/// One worker's way to its keys, over mutual TLS, without repetition: what fails is counted.
final class ControlPlaneClient implements KeySource, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final HttpClient http;
  private final URI base;

  ControlPlaneClient(URI base, SSLContext tls) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(tls)
            .connectTimeout(LIMIT)
            .build();
    this.base = base;
  }

  @Override
  public Nonce nonce() throws InterruptedException {
    return Json.read(ask("/v1/attestation/nonces", new byte[] {'{', '}'}), Nonce.class);
  }

  @Override
  public KeyPackage release(ReleaseRequest request) throws InterruptedException {
    return Json.read(ask("/v1/attestation/releases", Json.write(request)), KeyPackage.class);
  }

  @Override
  public void confirm(Confirmation confirmation) throws InterruptedException {
    byte[] _ = ask("/v1/attestation/confirmations", Json.write(confirmation));
  }

  @Override
  public Release artifact() {
    throw new UnsupportedOperationException("it takes keys only");
  }

  private byte[] ask(String path, byte[] body) throws InterruptedException {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(base.resolve(path))
                  .timeout(LIMIT)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() >= 300) {
        throw new Unavailable("%s was answered %s".formatted(path, answer.statusCode()));
      }
      return answer.body();
    } catch (IOException e) {
      throw new Unavailable("%s was not answered: %s".formatted(path, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
