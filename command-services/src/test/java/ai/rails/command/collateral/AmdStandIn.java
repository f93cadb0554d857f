package ai.rails.command.collateral;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// AMD's key distribution service as its document 57230 has it: these paths to the letter, the four
/// versions as decimal numbers in any order and each once, and 404 for everything else.
final class AmdStandIn implements AutoCloseable {
  final List<String> asked = new CopyOnWriteArrayList<>();
  volatile byte[] revocations;
  volatile boolean away;
  volatile boolean throttling;
  private final AmdPki pki;
  private final HttpServer server;

  AmdStandIn(AmdPki pki) throws IOException {
    this.pki = pki;
    this.revocations = pki.revocations(AmdPki.NOON, false);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestURI().toString();
      asked.add(target);
      if (throttling) {
        exchange.getResponseHeaders().set("Retry-After", "90");
        exchange.sendResponseHeaders(429, -1);
      } else if (away || !exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(503, -1);
      } else {
        byte[] body = body(exchange.getRequestURI());
        exchange.sendResponseHeaders(
            body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
          exchange.getResponseBody().write(body);
        }
      }
    }
  }

  private byte[] body(URI asked) {
    String product = AmdPki.PRODUCT;
    String query = asked.getRawQuery() == null ? "" : asked.getRawQuery();
    String chip = "/vcek/v1/%s/%s".formatted(product, HexFormat.of().formatHex(AmdPki.CHIP));
    if (asked.getPath().equals(chip)) {
      List<String> versions = List.of(query.split("&")).stream().sorted().toList();
      return versions.equals(List.of("blSPL=3", "snpSPL=8", "teeSPL=0", "ucodeSPL=115"))
          ? pki.vcek
          : new byte[0];
    }
    if (!query.isEmpty()) {
      return new byte[0];
    }
    return switch (asked.getPath()) {
      case "/vcek/v1/Milan/cert_chain" -> pem(pki.ask, pki.root);
      case "/vlek/v1/Milan/cert_chain" -> pem(pki.asvk, pki.root);
      case "/vcek/v1/Milan/crl", "/vlek/v1/Milan/crl" -> revocations;
      default -> new byte[0];
    };
  }

  private static byte[] pem(byte[] signer, byte[] root) {
    var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    String form = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n";
    return (form.formatted(encoder.encodeToString(signer))
            + form.formatted(encoder.encodeToString(root)))
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
