package ai.rails.enclave.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A socket that goes through the egress proxy to one place, whatever address it is told: for a
/// library that opens its own sockets. Confined to the thread that makes the call.
final class TunnelSocket extends Socket {
  /// Opens the tunnel.
  @FunctionalInterface
  interface Opening {
    Socket open() throws SendFailed;
  }

  /// Carries what went wrong through the library.
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final SendFailed reason;

    private Refused(SendFailed reason) {
      super(reason.code());
      this.reason = reason;
    }

    SendFailed reason() {
      return reason;
    }
  }

  private final Opening opening;
  private final UnaryOperator<InputStream> reading;
  private Optional<Socket> tunnel = Optional.empty();

  /// @param reading looks at what the other side says
  TunnelSocket(Opening opening, UnaryOperator<InputStream> reading) {
    this.opening = opening;
    this.reading = reading;
  }

  /// Opens it now, for whoever does not connect.
  TunnelSocket opened() throws Refused {
    try {
      tunnel = Optional.of(opening.open());
      return this;
    } catch (SendFailed e) {
      throw new Refused(e);
    }
  }

  Socket tunnel() throws SocketException {
    return tunnel.orElseThrow(() -> new SocketException("the tunnel is not open"));
  }

  @Override
  public void connect(SocketAddress ignored) throws IOException {
    connect(ignored, 0);
  }

  @Override
  public void connect(SocketAddress ignored, int timeout) throws IOException {
    var _ = opened();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return reading.apply(tunnel().getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return tunnel().getOutputStream();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    if (tunnel.isPresent()) {
      tunnel.get().setSoTimeout(millis);
    }
  }

  @Override
  public int getPort() {
    return tunnel.map(Socket::getPort).orElse(0);
  }

  @Override
  public boolean isConnected() {
    return tunnel.map(Socket::isConnected).orElse(false);
  }

  @Override
  public boolean isClosed() {
    return tunnel.map(Socket::isClosed).orElse(false);
  }

  @Override
  public void close() throws IOException {
    if (tunnel.isPresent()) {
      tunnel.get().close();
    }
  }
}
