package ai.rails.enclave.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Service;
import jakarta.mail.Session;

/// The one connection of a request to a mail server: one tunnel under one ticket, TLS in it, and
/// nothing else that the mail library could open. Confined to the thread that makes the call.
final class MailConnection implements AutoCloseable {
  private static final int SMTPS = 465;
  private static final int IMAPS = 993;

  /// What is no content: certificates, greetings and the server's words around an answer.
  private static final long AROUND = 64L << 10;

  private final Tunnels tunnels;
  private final Outbound request;
  private final String ticket;
  private final long deadline;
  private final AtomicBoolean opened = new AtomicBoolean();
  private final Thread watch;
  private final BoundedSocket tunnel;
  private final long most;
  private final AtomicBoolean announced = new AtomicBoolean();

  /// @param deadline in [System#nanoTime()]; then the tunnel is cut
  /// @param maxBody most bytes of content from the server
  MailConnection(Tunnels tunnels, Outbound request, String ticket, long deadline, long maxBody) {
    this.tunnels = tunnels;
    this.request = request;
    this.ticket = ticket;
    this.deadline = deadline;
    this.most = maxBody + AROUND;
    this.tunnel = new BoundedSocket(most);
    this.watch = Thread.startVirtualThread(this::cutAtTheEnd);
  }

  /// A session whose sockets are this connection's.
  ///
  /// @param protocol `smtp` or `imap`
  Session session(String protocol) {
    boolean smtp = protocol.equals("smtp");
    boolean implicit = request.port() == (smtp ? SMTPS : IMAPS);
    UnaryOperator<InputStream> reading = smtp ? UnaryOperator.identity() : this::bounded;
    String prefix = "mail." + protocol + ".";
    Properties properties = new Properties();
    properties.put(prefix + "socketFactory", new Plain(implicit, reading));
    properties.put(prefix + "socketFactory.fallback", "false");
    properties.put(prefix + "ssl.socketFactory", new Upgrade(reading));
    // The factories hold the certificate against the host's name; the library is told another.
    properties.put(prefix + "ssl.checkserveridentity", "false");
    properties.put(prefix + "starttls.enable", Boolean.toString(!implicit));
    properties.put(prefix + "starttls.required", Boolean.toString(!implicit));
    properties.put(prefix + "auth", "true");
    properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
    properties.put("mail.smtp.localhost", "airails.invalid");
    properties.put("mail.smtp.sendpartial", "false");
    properties.put("mail.smtp.quitwait", "false");
    properties.put("mail.imap.peek", "true");
    properties.put("mail.imap.connectionpoolsize", "1");
    properties.put("mail.mime.address.strict", "true");
    return Session.getInstance(
        properties,
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            Outbound.Login login = request.login().orElseThrow();
            return new PasswordAuthentication(login.user(), login.password());
          }
        });
  }

  /// Whether the server sent more than it may, or said that it would.
  boolean overrun() {
    return tunnel.overrun() || announced.get();
  }

  private InputStream bounded(InputStream in) {
    return new LiteralBound(in, most, () -> announced.set(true));
  }

  /// What to tell of a request that broke off.
  ///
  /// @param sent whether the other side may have done what it was asked for
  SendFailed failed(Exception e, boolean sent) {
    if (overrun()) {
      return new SendFailed("ANSWER_MALFORMED", sent, true, e);
    }
    return e instanceof MessagingException said
        ? MailClient.failed(said, sent)
        : new SendFailed("CONNECTION_LOST", sent, true, e);
  }

  /// Says goodbye. What became of the request is known by then, and a server that has left, or was
  /// cut off, changes nothing about it.
  static void leave(Service service) {
    try {
      service.close();
    } catch (MessagingException _) {
      // The tunnel is cut in any case.
    }
  }

  private Socket open(boolean implicit) throws SendFailed {
    if (!opened.compareAndSet(false, true)) {
      throw new SendFailed("TICKET_MISSING", true);
    }
    Socket open = tunnels.open(tunnel, request.host(), request.port(), ticket, deadline);
    return implicit ? tunnels.handshake(open, request.host(), request.port(), deadline) : open;
  }

  /// The library was told to ask for sockets that are not connected, and these know their way.
  private static UnsupportedOperationException around() {
    return new UnsupportedOperationException("mail goes through its tunnel and no other way");
  }

  private void cutAtTheEnd() {
    try {
      Thread.sleep(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    } catch (InterruptedException _) {
      // The request has ended in time.
      return;
    }
    Tunnels.close(tunnel);
  }

  @Override
  public void close() {
    watch.interrupt();
    Tunnels.close(tunnel);
  }

  /// Sockets on the port for TLS are TLS from the first byte, which the library need not know.
  private final class Plain extends SocketFactory {
    private final boolean implicit;
    private final UnaryOperator<InputStream> reading;

    private Plain(boolean implicit, UnaryOperator<InputStream> reading) {
      this.implicit = implicit;
      this.reading = reading;
    }

    @Override
    public Socket createSocket() {
      return new TunnelSocket(() -> open(implicit), reading);
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw around();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw around();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw around();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw around();
    }
  }

  /// STARTTLS.
  private final class Upgrade extends SSLSocketFactory {
    private final UnaryOperator<InputStream> reading;

    private Upgrade(UnaryOperator<InputStream> reading) {
      this.reading = reading;
    }

    /// With the handshake done: the library would do it only with a socket that it sees to be TLS.
    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
        throws IOException {
      Socket inner = plain instanceof TunnelSocket tunnelled ? tunnelled.tunnel() : plain;
      return new TunnelSocket(
              () -> tunnels.handshake(inner, request.host(), request.port(), deadline), reading)
          .opened();
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return new String[0];
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return new String[0];
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw around();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw around();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw around();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw around();
    }
  }
}
