package ai.rails.standin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A loopback server in front of one [Service]: it meets out the faults and journals every refusal.
/// The Host name is never looked at.
public final class LocalServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);
  private static final int BODY_LIMIT = 32 * 1024 * 1024;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Service service;
  private final Journal journal;
  private final Faults faults;
  private final String scheme;

  private LocalServer(
      HttpServer server, String scheme, Service service, Journal journal, Faults faults) {
    this.server = server;
    this.scheme = scheme;
    this.service = service;
    this.journal = journal;
    this.faults = faults;
  }

  /// Serves on 127.0.0.1; port 0 takes a free one.
  public static LocalServer start(
      Transport transport, int port, Service service, Journal journal, Faults faults) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      LocalServer local =
          switch (transport) {
            case Transport.Plain _ ->
                new LocalServer(HttpServer.create(address, 0), "http", service, journal, faults);
            case Transport.Tls tls -> {
              HttpsServer https = HttpsServer.create(address, 0);
              https.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
              yield new LocalServer(https, "https", service, journal, faults);
            }
          };
      local.server.setExecutor(local.threads);
      local.server.createContext("/", local::handle);
      local.server.start();
      return local;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot serve a stand-in on 127.0.0.1:" + port, e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + port());
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = read(exchange);
      Fault fault = faults.next(request);
      if (fault instanceof Fault.LostRequest) {
        return;
      }
      if (fault instanceof Fault.LateEffect late) {
        pause(late.pause());
      }
      Response response =
          fault instanceof Fault.Refusal refusal ? service.refuse(refusal) : answer(request);
      if (response.isRefused()) {
        journal.refused(request, response);
      }
      deliver(exchange, response, fault);
    }
  }

  private Response answer(Request request) {
    try {
      return service.answer(request);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("path", request.path()).log("a stand-in failed");
      return service.refuse(new Fault.ServerError());
    }
  }

  private static Request read(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_LIMIT);
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    URI uri = exchange.getRequestURI();
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    return Request.of(exchange.getRequestMethod(), uri.getPath(), query, headers, body);
  }

  private void deliver(HttpExchange exchange, Response response, Fault fault) throws IOException {
    if (fault instanceof Fault.LostAnswer) {
      return;
    }
    byte[] body = response.content();
    response.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
    if (body.length == 0) {
      return;
    }
    OutputStream out = exchange.getResponseBody();
    switch (fault) {
      case Fault.TruncatedAnswer _ -> {
        out.write(body, 0, body.length / 2);
        out.flush();
      }
      case Fault.SlowAnswer slow -> {
        out.write(body, 0, 1);
        out.flush();
        pause(slow.pause());
        out.write(body, 1, body.length - 1);
        out.close();
      }
      case Fault.None _,
          Fault.Refusal _,
          Fault.LostRequest _,
          Fault.LostAnswer _,
          Fault.LateEffect _ -> {
        out.write(body);
        out.close();
      }
    }
  }

  /// Waits, but not beyond the server's own end.
  private void pause(Duration pause) throws IOException {
    try {
      if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("the stand-in was closed during a slow answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during a slow answer", e);
    }
  }
}
