package ai.rails.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import ai.rails.app.embedded.IssuedCertificate;
import ai.rails.platform.http.Tls;

/// A TLS server on loopback that asks a plain one behind it, for GET.
final class TlsFront implements AutoCloseable {
  private final HttpsServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI behind;

  private TlsFront(HttpsServer server, URI behind) {
    this.server = server;
    this.behind = behind;
  }

  static TlsFront of(URI behind, IssuedCertificate certificate, String password)
      throws IOException, GeneralSecurityException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(Tls.context(certificate.pkcs12(), password, certificate.chainPem())));
    var front = new TlsFront(server, behind);
    server.createContext("/", front::answer);
    server.start();
    return front;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI())).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .map()
          .forEach((name, values) ->
              values.forEach(value -> exchange.getResponseHeaders().add(name, value)));
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
