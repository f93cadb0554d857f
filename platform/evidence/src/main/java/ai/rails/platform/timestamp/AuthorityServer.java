package ai.rails.platform.timestamp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// Serves a local authority over HTTP (RFC 3161 section 3.4), for whoever shall not be in the same
/// process. The responses are signed, so the connection need not be.
public final class AuthorityServer implements AutoCloseable {
  static final String QUERY = "application/timestamp-query";
  static final String REPLY = "application/timestamp-reply";
  private static final int BODY_MAX = 4_096;
  private static final int BAD_REQUEST = 400;
  private static final int BAD_METHOD = 405;
  private static final int BAD_TYPE = 415;

  private final LocalAuthority authority;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private AuthorityServer(LocalAuthority authority, HttpServer server) {
    this.authority = authority;
    this.server = server;
  }

  /// @param address port 0 for any free one
  public static AuthorityServer start(LocalAuthority authority, InetSocketAddress address) {
    try {
      var started = new AuthorityServer(authority, HttpServer.create(address, 0));
      started.server.createContext("/", started::answer);
      started.server.setExecutor(started.threads);
      started.server.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + address, e);
    }
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(BAD_METHOD, -1);
        return;
      }
      if (!QUERY.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
        exchange.sendResponseHeaders(BAD_TYPE, -1);
        return;
      }
      byte[] request = exchange.getRequestBody().readNBytes(BODY_MAX + 1);
      byte[] reply;
      try {
        reply = authority.answer(request);
      } catch (IOException e) {
        exchange.sendResponseHeaders(BAD_REQUEST, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", REPLY);
      exchange.sendResponseHeaders(200, reply.length);
      exchange.getResponseBody().write(reply);
    }
  }
}
