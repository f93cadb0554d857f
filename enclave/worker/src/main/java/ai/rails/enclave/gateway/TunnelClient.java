package ai.rails.enclave.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Sends a request over a new connection through the egress proxy: one ticket, one tunnel, one
/// request, one answer. Redirects are answers like others. Thread-safe.
final class TunnelClient {
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

  TunnelClient(InetSocketAddress proxy, TlsTrust trust) {
    this.proxy = proxy;
    this.trust = trust;
  }

  /// @param within for all of it, from the connection to the answer's last byte
  /// @throws SendFailed saying whether a byte of the request may have reached the other side
  Answered send(Outbound request, String ticket, Duration within, long maxBody) throws SendFailed {
    long deadline = System.nanoTime() + within.toNanos();
    Socket tunnel = open(request, ticket, deadline);
    try {
      return exchange(handshake(tunnel, request, deadline), request, deadline, maxBody);
    } finally {
      // Not by way of TLS: its close waits for the other side, who may let us wait.
      close(tunnel);
    }
  }

  private Socket open(Outbound request, String ticket, long deadline) throws SendFailed {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(proxy, Math.min(CONNECT_MILLIS, DeadlineInput.remainingMillis(deadline)));
      String target = request.host() + ":" + request.port();
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

  private SSLSocket handshake(Socket tunnel, Outbound request, long deadline) throws SendFailed {
    try {
      SSLSocket tls =
          (SSLSocket)
              trust
                  .context()
                  .getSocketFactory()
                  .createSocket(tunnel, request.host(), request.port(), true);
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setServerNames(List.of(new SNIHostName(request.host())));
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      tls.setSSLParameters(parameters);
      tls.setSoTimeout(DeadlineInput.remainingMillis(deadline));
      tls.startHandshake();
      return tls;
    } catch (IOException e) {
      boolean untrusted = isUntrusted(e);
      throw new SendFailed(untrusted ? "TLS_UNTRUSTED" : "TLS_FAILED", false, !untrusted, e);
    }
  }

  private static boolean isUntrusted(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof CertificateException) {
        return true;
      }
    }
    return e instanceof SSLHandshakeException && e.getCause() == null;
  }

  private static Answered exchange(SSLSocket tls, Outbound request, long deadline, long maxBody)
      throws SendFailed {
    try {
      // From here on the other side may have seen a byte.
      tls.getOutputStream().write(request.bytes());
      tls.getOutputStream().flush();
      Answered answer = new AnswerReader(new DeadlineInput(tls, deadline, true), maxBody).read();
      sayGoodbye(tls);
      return answer;
    } catch (SocketTimeoutException e) {
      throw new SendFailed("TIMEOUT", true, true, e);
    } catch (ProtocolException e) {
      throw new SendFailed("ANSWER_MALFORMED", true, true, e);
    } catch (IOException e) {
      throw new SendFailed("CONNECTION_LOST", true, true, e);
    }
  }

  private static void sayGoodbye(SSLSocket tls) {
    try {
      tls.shutdownOutput();
    } catch (IOException _) {
      // The other side left first; its answer is complete.
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It carried nothing yet, or the answer is complete.
    }
  }
}
