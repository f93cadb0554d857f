package ai.rails.enclave.egress;

import java.security.GeneralSecurityException;
import java.time.InstantSource;

import com.google.crypto.tink.subtle.Ed25519Verify;

import ai.rails.enclave.egress.Refusal.RefusedException;
import ai.rails.platform.ticket.EgressTicket;

/// Decides whether a ticket opens a tunnel now. Thread-safe.
final class Admission {
  /// Longest life of a ticket.
  static final long TICKET_MILLIS = 10_000;

  /// How far the issuer's clock may be ahead.
  static final long AHEAD_MILLIS = 2_000;

  /// Longest life of a tunnel, whatever the lease.
  static final long TUNNEL_MILLIS = 600_000;

  private static final String SCHEME = "Ticket ";
  private static final int MAX_ID = 200;

  private final String proxyId;
  private final Ed25519Verify key;
  private final TicketMemory memory;
  private final InstantSource clock;
  private final long startedMillis;

  Admission(String proxyId, Ed25519Verify key, TicketMemory memory, InstantSource clock) {
    this.proxyId = proxyId;
    this.key = key;
    this.memory = memory;
    this.clock = clock;
    this.startedMillis = clock.millis();
  }

  /// Takes the ticket of a request. From here on it is used up, whatever becomes of the tunnel.
  EgressTicket admit(ConnectRequest request) throws RefusedException {
    EgressTicket ticket = verify(request.authorization());
    if (!ticket.proxyId().equals(proxyId)) {
      throw new RefusedException(Refusal.OTHER_PROXY);
    }
    if (!ticket.host().equals(request.target().host())
        || ticket.port() != request.target().port()) {
      throw new RefusedException(Refusal.OTHER_TARGET);
    }
    long now = clock.millis();
    checkTimes(ticket, now);
    memory.take(ticket, now);
    return ticket;
  }

  /// Milliseconds until the tunnel is cut.
  long tunnelMillis(EgressTicket ticket) {
    return Math.min(TUNNEL_MILLIS, Math.max(0, ticket.closeAtMillis() - clock.millis()));
  }

  private EgressTicket verify(String authorization) throws RefusedException {
    if (authorization.isEmpty()) {
      throw new RefusedException(Refusal.NO_TICKET);
    }
    if (!authorization.startsWith(SCHEME)) {
      throw new RefusedException(Refusal.TICKET_INVALID);
    }
    try {
      EgressTicket ticket = EgressTicket.verify(authorization.substring(SCHEME.length()), key);
      if (!isComplete(ticket)) {
        throw new RefusedException(Refusal.TICKET_INVALID);
      }
      return ticket;
    } catch (GeneralSecurityException _) {
      throw new RefusedException(Refusal.TICKET_INVALID);
    }
  }

  private static boolean isComplete(EgressTicket ticket) {
    return isId(ticket.jti())
        && isId(ticket.proxyId())
        && isId(ticket.tenant())
        && isId(ticket.callId())
        && isId(ticket.host())
        && ticket.maxUp() > 0
        && ticket.maxDown() > 0;
  }

  // JSON null passes the ticket's reader.
  @SuppressWarnings("RedundantNullCheck")
  private static boolean isId(String text) {
    return text != null && !text.isEmpty() && text.length() <= MAX_ID;
  }

  private void checkTimes(EgressTicket ticket, long now) throws RefusedException {
    if (ticket.notAfterMillis() - ticket.issuedAtMillis() > TICKET_MILLIS
        || ticket.notAfterMillis() < ticket.issuedAtMillis()) {
      throw new RefusedException(Refusal.TICKET_LIFE);
    }
    if (ticket.issuedAtMillis() < startedMillis) {
      throw new RefusedException(Refusal.ISSUED_BEFORE_START);
    }
    if (ticket.issuedAtMillis() > now + AHEAD_MILLIS) {
      throw new RefusedException(Refusal.TICKET_FROM_FUTURE);
    }
    if (now > ticket.notAfterMillis()) {
      throw new RefusedException(Refusal.TICKET_EXPIRED);
    }
    if (now >= ticket.closeAtMillis()) {
      throw new RefusedException(Refusal.LEASE_OVER);
    }
  }
}
