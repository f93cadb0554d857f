package ai.rails.platform.egress;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Opens connections to a fixed list of hosts through the egress proxy, each with a ticket of its
/// own. Whoever asks for another host is refused before anything is sent. Thread-safe.
public final class ServiceTunnel {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int HEAD_MILLIS = 5_000;
  private static final int PORT = 443;
  private static final int PLAIN_PORT = 80;
  private static final Duration OPENING = Duration.ofSeconds(10);
  private static final Pattern TARGET = Pattern.compile("/[!-~]*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern VALUE = Pattern.compile("[ -~]*");

  /// Of requests: they are short and belong to no tenant, and the proxy limits them together.
  private static final String SERVICES = "_services";

  private final InetSocketAddress proxy;
  private final SSLContext trust;
  private final Set<String> hosts;
  private final ServiceTickets tickets;

  /// Signs leave for one connection.
  @FunctionalInterface
  public interface ServiceTickets {
    /// @param tenant in whose place at the proxy it goes
    String ticket(String tenant, String host, int port);
  }

  /// @param hosts the fixed list
  public ServiceTunnel(
      InetSocketAddress proxy, SSLContext trust, Set<String> hosts, ServiceTickets tickets) {
    this.proxy = proxy;
    this.trust = trust;
    this.hosts = Set.copyOf(hosts);
    this.tickets = tickets;
  }

  public boolean leadsTo(String host) {
    return hosts.contains(host);
  }

  /// One request, one answer, one connection, over TLS.
  ///
  /// @param headers beside Host, Content-Length and Connection
  /// @throws IOException if there is no whole answer within the time
  public ServiceAnswer post(
      String host, String target, Map<String, String> headers, byte[] body, Duration within)
      throws IOException {
    return send("POST", URI.create("https://" + host + target), headers, body, within);
  }

  /// One request, one answer, one connection: over TLS, but to addresses that begin with `http:`.
  ///
  /// @param headers beside Host, Content-Length and Connection
  /// @throws IOException if there is no whole answer within the time
  public ServiceAnswer send(
      String method, URI address, Map<String, String> headers, byte[] body, Duration within)
      throws IOException {
    byte[] head = head(method, address, headers, body.length);
    boolean plain = "http".equals(address.getScheme());
    int port = address.getPort() > 0 ? address.getPort() : plain ? PLAIN_PORT : PORT;
    Socket socket = new Socket();
    CompletableFuture<Void> cut = cut(socket, within);
    try {
      connect(socket, SERVICES, address.getHost(), port);
      Socket to = plain ? socket : tls(socket, address.getHost(), port);
      to.setSoTimeout(Math.toIntExact(within.toMillis()));
      to.getOutputStream().write(head);
      to.getOutputStream().write(body);
      to.getOutputStream().flush();
      return ServiceAnswer.read(to.getInputStream());
    } finally {
      boolean _ = cut.cancel(false);
      // Not by way of TLS: its close waits for the other side.
      end(socket);
    }
  }

  /// Each read has its limit; this one holds for all of it, against whoever says little at a time.
  private static CompletableFuture<Void> cut(Socket socket, Duration within) {
    return CompletableFuture.runAsync(
        () -> end(socket),
        CompletableFuture.delayedExecutor(within.toMillis(), TimeUnit.MILLISECONDS));
  }

  private static byte[] head(String method, URI address, Map<String, String> headers, int length)
      throws IOException {
    String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    String target = path + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
    StringBuilder head =
        new StringBuilder(
            "%s %s HTTP/1.1\r\nHost: %s\r\n".formatted(method, target, address.getAuthority()));
    boolean clean = TARGET.matcher(target).matches();
    for (Map.Entry<String, String> each : headers.entrySet()) {
      clean &= NAME.matcher(each.getKey()).matches() && VALUE.matcher(each.getValue()).matches();
      head.append("%s: %s\r\n".formatted(each.getKey(), each.getValue()));
    }
    if (!clean) {
      throw new IOException(
          "a request to %s has a path or a header that is not one line of ASCII"
              .formatted(address.getHost()));
    }
    head.append("Content-Length: %s\r\nConnection: close\r\n\r\n".formatted(length));
    return head.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // Nothing more is said on it.
    }
  }

  /// For what stays open: it takes one of the tenant's own places at the proxy, so that neither
  /// another tenant nor a request waits for it.
  ///
  /// @throws IOException if the host is not on the list, the proxy refuses or TLS fails
  SSLSocket open(String tenant, String host) throws IOException {
    Socket socket = new Socket();
    CompletableFuture<Void> cut = cut(socket, OPENING);
    try {
      connect(socket, tenant, host, PORT);
      return tls(socket, host, PORT);
    } catch (IOException e) {
      end(socket);
      throw e;
    } finally {
      boolean _ = cut.cancel(false);
    }
  }

  private void connect(Socket socket, String tenant, String host, int port) throws IOException {
    if (!leadsTo(host)) {
      throw new IOException("%s is no destination of the control plane".formatted(host));
    }
    socket.setTcpNoDelay(true);
    socket.connect(proxy, CONNECT_MILLIS);
    socket.setSoTimeout(HEAD_MILLIS);
    String target = host + ":" + port;
    socket
        .getOutputStream()
        .write(
            "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Ticket %s\r\n\r\n"
                .formatted(target, target, tickets.ticket(tenant, host, port))
                .getBytes(StandardCharsets.US_ASCII));
    int status = ServiceAnswer.head(socket.getInputStream()).status();
    if (status != 200) {
      throw new IOException("the egress proxy refused %s with %s".formatted(target, status));
    }
  }

  private SSLSocket tls(Socket tunnel, String host, int port) throws IOException {
    SSLSocket tls = (SSLSocket) trust.getSocketFactory().createSocket(tunnel, host, port, true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setServerNames(List.of(new SNIHostName(host)));
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }
}
