package ai.rails.platform.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import ai.rails.platform.telemetry.Telemetry;

/// Serves a list of routes on one port, each request on a virtual thread.
///
/// Everything that is refused is a [Problem]: also unknown paths, wrong methods and requests that
/// are no HTTP. There are no stack traces in answers.
public final class HttpServer implements AutoCloseable {
  private static final long IDLE_MILLIS = 30_000;
  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final int BACKLOG = 512;

  private final Javalin javalin;
  private final int port;

  private HttpServer(Javalin javalin, int port) {
    this.javalin = javalin;
    this.port = port;
  }

  /// Where to listen.
  ///
  /// @param port 0 lets the system choose
  /// @param mutualTls if present, TLS 1.3 with a required client certificate that it trusts
  public record Binding(String host, int port, Optional<SSLContext> mutualTls) {
    /// Plain HTTP, for a loopback interface or behind a terminating proxy.
    public static Binding plain(String host, int port) {
      return new Binding(host, port, Optional.empty());
    }
  }

  /// Starts to serve.
  ///
  /// @throws IllegalStateException if two routes have the same method and path, or the port is
  ///   taken
  public static HttpServer start(
      Binding binding,
      List<Route> routes,
      Authenticator authenticator,
      Refusals refusals,
      Telemetry telemetry) {
    requireDistinct(routes);
    var exchange = new Exchange(authenticator, refusals, telemetry);
    Javalin javalin =
        Javalin.create(config -> {
          configure(config, binding);
          routes.forEach(route -> add(config, route, exchange));
          config.routes.exception(
              HttpResponseException.class,
              (e, context) -> exchange.unrouted(context, e.getStatus(), e.getDetails()));
          config.routes.error(404, context -> exchange.unrouted(context, 404, Map.of()));
        });
    javalin.start();
    return new HttpServer(javalin, javalin.port());
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private static void add(JavalinConfig config, Route route, Exchange exchange) {
    config.routes.addHttpHandler(
        HandlerType.findOrCreate(route.method()),
        route.path(),
        context -> exchange.serve(context, route));
  }

  private static void configure(JavalinConfig config, Binding binding) {
    config.startup.showJavalinBanner = false;
    config.concurrency.useVirtualThreads = true;
    config.http.prefer405over404 = true;
    config.http.defaultContentType = Answer.JSON;
    config.http.maxRequestSize = Long.MAX_VALUE;
    config.jetty.modifyServer(server -> {
      server.setErrorHandler(new UnparsedErrors());
      server.setStopTimeout(5_000);
    });
    config.jetty.addConnector((server, http) -> connector(server, http, binding));
  }

  private static Connector connector(Server server, HttpConfiguration http, Binding binding) {
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector =
        binding
            .mutualTls()
            .map(context -> {
              http.addCustomizer(new SecureRequestCustomizer(false));
              return new ServerConnector(server, tls(context), plain);
            })
            .orElseGet(() -> new ServerConnector(server, plain));
    connector.setHost(binding.host());
    connector.setPort(binding.port());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptQueueSize(BACKLOG);
    return connector;
  }

  private static SslConnectionFactory tls(SSLContext context) {
    var factory = new SslContextFactory.Server();
    factory.setSslContext(context);
    factory.setNeedClientAuth(true);
    factory.setIncludeProtocols("TLSv1.3");
    factory.setSniRequired(false);
    return new SslConnectionFactory(factory, "http/1.1");
  }

  /// Two routes that a request could not tell apart are a mistake of the composition.
  private static void requireDistinct(List<Route> routes) {
    Map<String, Route> seen = new HashMap<>();
    for (Route route : routes) {
      String shape = route.method() + " " + route.path().replaceAll("\\{[^}]*}", "{}");
      Route other = seen.put(shape, route);
      if (other != null) {
        throw new IllegalStateException(
            "%s is served twice, also as %s; remove one".formatted(route.name(), other.name()));
      }
    }
  }
}
