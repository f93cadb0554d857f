package ai.rails.enclave.egress;

import java.security.GeneralSecurityException;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.platform.ticket.EgressTicket;

/// A ticket of which a test changes one thing.
record Ticket(
    String jti,
    String proxyId,
    String tenant,
    String callId,
    long epoch,
    String host,
    int port,
    long maxUp,
    long maxDown,
    long issuedAt,
    long notAfter,
    long closeAt) {
  static Ticket at(long now) {
    return new Ticket(
        "j-1",
        "runner.p-1",
        "t-1",
        "c-1",
        3,
        "api.acme.example",
        443,
        10_000,
        20_000,
        now,
        now + 10_000,
        now + 25_000);
  }

  Ticket jti(String other) {
    return new Ticket(
        other, proxyId, tenant, callId, epoch, host, port, maxUp, maxDown, issuedAt, notAfter,
        closeAt);
  }

  Ticket proxyId(String other) {
    return new Ticket(
        jti, other, tenant, callId, epoch, host, port, maxUp, maxDown, issuedAt, notAfter, closeAt);
  }

  Ticket epoch(long other) {
    return new Ticket(
        jti, proxyId, tenant, callId, other, host, port, maxUp, maxDown, issuedAt, notAfter,
        closeAt);
  }

  Ticket target(String otherHost, int otherPort) {
    return new Ticket(
        jti, proxyId, tenant, callId, epoch, otherHost, otherPort, maxUp, maxDown, issuedAt,
        notAfter, closeAt);
  }

  Ticket caps(long up, long down) {
    return new Ticket(
        jti, proxyId, tenant, callId, epoch, host, port, up, down, issuedAt, notAfter, closeAt);
  }

  Ticket times(long issued, long until, long close) {
    return new Ticket(
        jti, proxyId, tenant, callId, epoch, host, port, maxUp, maxDown, issued, until, close);
  }

  String sign(Ed25519Sign key) {
    try {
      return new EgressTicket(
              jti, proxyId, tenant, callId, epoch, host, port, maxUp, maxDown, issuedAt, notAfter,
              closeAt)
          .sign(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
