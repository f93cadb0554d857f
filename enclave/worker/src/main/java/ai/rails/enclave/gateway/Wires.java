package ai.rails.enclave.gateway;

import java.net.InetSocketAddress;
import java.time.InstantSource;

import ai.rails.connector.Protocol;

/// What the gateway speaks, always through the egress proxy. Thread-safe.
final class Wires {
  private final Wire https;
  private final Wire smtp;
  private final Wire imap;

  Wires(InetSocketAddress proxy, TlsTrust trust, InstantSource clock) {
    Tunnels tunnels = new Tunnels(proxy, trust);
    this.https = new TunnelClient(tunnels);
    this.smtp = new MailClient(tunnels, clock);
    this.imap = new MailboxClient(tunnels, clock);
  }

  Wire speaking(Protocol protocol) {
    return switch (protocol) {
      case HTTPS -> https;
      case SMTP -> smtp;
      case IMAP -> imap;
    };
  }
}
