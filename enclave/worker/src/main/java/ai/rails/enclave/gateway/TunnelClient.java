package ai.rails.enclave.gateway;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/// Sends a request over a new connection through the egress proxy: one ticket, one tunnel, one
/// request, one answer. Redirects are answers like others. Thread-safe.
final class TunnelClient implements Wire {
  private final Tunnels tunnels;

  TunnelClient(Tunnels tunnels) {
    this.tunnels = tunnels;
  }

  @Override
  public Answered send(Outbound request, String ticket, Duration within, long maxBody)
      throws SendFailed {
    long deadline = System.nanoTime() + within.toNanos();
    Socket tunnel = tunnels.open(request.host(), request.port(), ticket, deadline);
    try {
      return exchange(
          tunnels.handshake(tunnel, request.host(), request.port(), deadline),
          request,
          deadline,
          maxBody);
    } finally {
      // Not by way of TLS: its close waits for the other side, who may let us wait.
      Tunnels.close(tunnel);
    }
  }

  private static Answered exchange(SSLSocket tls, Outbound request, long deadline, long maxBody)
      throws SendFailed {
    try {
      // From here on the other side may have seen a byte.
      tls.getOutputStream().write(request.bytes());
      tls.getOutputStream().flush();
      Answered answer =
          new AnswerReader(new DeadlineInput(tls, deadline, true), maxBody)
              .read(request.method().equals("HEAD"));
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
}
