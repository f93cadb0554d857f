package ai.rails.enclave.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Opens tunnels through the egress proxy, one for a ticket, and TLS in them, end to end.
/// Thread-safe.
final class Tunnels {
  private static final int CONNECT_MILLIS = 3_000;
  private static final Pattern REFUSAL = Pattern.compile("[A-Z][A-Z_]{0,50}");

  /// A fresh ticket, or the same a little later, may get through.
  private static final Set<String> PASSING =
      Set.of(
          "TICKET_EXPIRED",
          "ISSUED_BEFORE_START",
          "TICKET_REPLAYED",
          "LEASE_OVER",
          "BUSY",
          "UNRESOLVED",
          "UNREACHABLE",
          "HEAD_TOO_SLOW");

  private final InetSocketAddress proxy;
  private final TlsTrust trust;

  Tunnels(InetSocketAddress proxy, TlsTrust trust) {
    this.proxy = proxy;
    this.trust = trust;
  }

  /// @param deadline in [System#nanoTime()]
  Socket open(String host, int port, String ticket, long deadline) throws SendFailed {
    return open(new Socket(), host, port, ticket, deadline);
  }

  /// @param socket not connected yet
  Socket open(Socket socket, String host, int port, String ticket, long deadline)
      throws SendFailed {
    try {
      socket.setTcpNoDelay(true);
      socket.connect(proxy, Math.min(CONNECT_MILLIS, DeadlineInput.remainingMillis(deadline)));
      String target = host + ":" + port;
      socket
          .getOutputStream()
          .write(
              "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Ticket %s\r\n\r\n"
                  .formatted(target, target, ticket)
                  .getBytes(StandardCharsets.US_ASCII));
      Answered answer = AnswerReader.head(new DeadlineInput(socket, deadline, false));
      if (answer.status() != 200) {
        throw refused(answer);
      }
      return socket;
    } catch (IOException e) {
      close(socket);
      throw new SendFailed("EGRESS_UNAVAILABLE", false, true, e);
    } catch (SendFailed e) {
      close(socket);
      throw e;
    }
  }

  private static SendFailed refused(Answered answer) {
    String reason =
        answer
            .header("x-rails-refusal")
            .filter(each -> REFUSAL.matcher(each).matches())
            .orElse("REFUSED");
    // A used ticket let something out, and it is not known what.
    return reason.equals("TICKET_REPLAYED")
        ? SendFailed.unknown("EGRESS_" + reason)
        : new SendFailed("EGRESS_" + reason, PASSING.contains(reason));
  }

  SSLSocket handshake(Socket tunnel, String host, int port, long deadline) throws SendFailed {
    try {
      SSLSocket tls = secured(tunnel, host, port);
      tls.setSoTimeout(DeadlineInput.remainingMillis(deadline));
      tls.startHandshake();
      return tls;
    } catch (IOException e) {
      boolean untrusted = isUntrusted(e);
      throw new SendFailed(untrusted ? "TLS_UNTRUSTED" : "TLS_FAILED", false, !untrusted, e);
    }
  }

  /// TLS that begins with the first byte: the other side must be who the host's name says.
  SSLSocket secured(Socket tunnel, String host, int port) throws IOException {
    SSLSocket tls =
        (SSLSocket) trust.context().getSocketFactory().createSocket(tunnel, host, port, true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setServerNames(List.of(new SNIHostName(host)));
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    tls.setSSLParameters(parameters);
    return tls;
  }

  static boolean isUntrusted(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof CertificateException) {
        return true;
      }
    }
    return e instanceof SSLHandshakeException && e.getCause() == null;
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It carried nothing yet, or the answer is complete.
    }
  }
}
