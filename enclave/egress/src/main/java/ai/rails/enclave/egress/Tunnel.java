package ai.rails.enclave.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import ai.rails.platform.ticket.EgressTicket;

/// Carries bytes both ways until one side is done, a cap is reached or the lease's time is over.
///
/// Two threads, one for each direction; each owns its counter until the other has joined it.
final class Tunnel {
  private static final int CHUNK = 16_384;

  /// How a tunnel ended.
  enum End {
    DONE,
    BROKEN,
    CAP_UP,
    CAP_DOWN,
    CLOSE_AT
  }

  /// What a tunnel carried.
  record Carried(End end, long up, long down) {}

  private final Socket client;
  private final Socket host;
  private final AtomicReference<End> end = new AtomicReference<>(End.DONE);

  Tunnel(Socket client, Socket host) {
    this.client = client;
    this.host = host;
  }

  /// @param fromClient the client's stream with what it had already sent
  /// @param millis until the tunnel is cut
  Carried carry(
      EgressTicket ticket, InputStream fromClient, long millis, ScheduledExecutorService timer)
      throws IOException, InterruptedException {
    ScheduledFuture<?> cut = timer.schedule(() -> cut(End.CLOSE_AT), millis, TimeUnit.MILLISECONDS);
    InputStream fromHost = host.getInputStream();
    OutputStream toClient = client.getOutputStream();
    long[] down = new long[1];
    try {
      Thread downward =
          Thread.startVirtualThread(
              () -> down[0] = pump(fromHost, toClient, client, ticket.maxDown(), End.CAP_DOWN));
      long up = pump(fromClient, host.getOutputStream(), host, ticket.maxUp(), End.CAP_UP);
      downward.join();
      return new Carried(end.get(), up, down[0]);
    } finally {
      cut.cancel(false);
      Sockets.close(client);
      Sockets.close(host);
    }
  }

  private long pump(InputStream from, OutputStream to, Socket toSocket, long cap, End atCap) {
    byte[] chunk = new byte[CHUNK];
    long carried = 0;
    try {
      for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
        int allowed = Math.toIntExact(Math.min(read, cap - carried));
        to.write(chunk, 0, allowed);
        to.flush();
        carried += allowed;
        if (allowed < read) {
          cut(atCap);
          return carried;
        }
      }
      toSocket.shutdownOutput();
    } catch (IOException _) {
      cut(End.BROKEN);
    }
    return carried;
  }

  private void cut(End why) {
    end.compareAndSet(End.DONE, why);
    Sockets.close(client);
    Sockets.close(host);
  }
}
