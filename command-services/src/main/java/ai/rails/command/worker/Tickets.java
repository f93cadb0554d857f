package ai.rails.command.worker;

import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.command.run.Actions.Elsewhere;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.ticket.EgressTicket;

/// Signs leave for an intended call's requests. Thread-safe.
public final class Tickets {
  private static final long LIFE_MILLIS = 10_000;
  private static final long BEFORE_LEASE_END_MILLIS = 5_000;

  private final Ed25519Sign key;
  private final String proxyId;
  private final long maxUp;
  private final long maxDown;
  private final Supplier<UUID> ids;
  private final InstantSource clock;

  /// @param key private half of the key that the proxy knows
  /// @param proxyId the only proxy that takes the tickets
  /// @param maxUp most bytes of one request
  /// @param maxDown most bytes of one answer
  public Tickets(
      Ed25519Sign key,
      String proxyId,
      long maxUp,
      long maxDown,
      Supplier<UUID> ids,
      InstantSource clock) {
    this.key = key;
    this.proxyId = proxyId;
    this.maxUp = maxUp;
    this.maxDown = maxDown;
    this.ids = ids;
    this.clock = clock;
  }

  /// The same for another proxy.
  Tickets via(String otherProxyId) {
    return new Tickets(key, otherProxyId, maxUp, maxDown, ids, clock);
  }

  /// One ticket for each request.
  ///
  /// @param leaseUntil end of the lease, Unix milliseconds; connections end five seconds before
  public List<String> issue(
      String tenant,
      String callId,
      long epoch,
      String host,
      int port,
      int requests,
      long leaseUntil) {
    long now = clock.millis();
    long closeAt = leaseUntil - BEFORE_LEASE_END_MILLIS;
    return Stream.generate(() ->
            sign(
                new EgressTicket(
                    ids.get().toString(),
                    proxyId,
                    tenant,
                    callId,
                    epoch,
                    host,
                    port,
                    maxUp,
                    maxDown,
                    now,
                    Math.min(now + LIFE_MILLIS, closeAt),
                    closeAt)))
        .limit(requests)
        .toList();
  }

  /// One ticket for each request of an intended call, those to the instance first and then those to
  /// each place beside it: a call's worker counts on this order.
  ///
  /// @param requests most to one place
  /// @param leaseUntil end of the lease, Unix milliseconds
  List<String> issue(
      String tenant,
      ToolActionIntended call,
      long epoch,
      List<Elsewhere> elsewhere,
      int requests,
      long leaseUntil) {
    int beside = elsewhere.stream().mapToInt(Elsewhere::requests).sum();
    int own = Math.min(requests, Math.max(0, call.requests() - beside));
    String id = call.callId();
    List<String> all =
        new ArrayList<>(issue(tenant, id, epoch, call.host(), call.port(), own, leaseUntil));
    for (Elsewhere each : elsewhere) {
      int count = Math.min(requests, each.requests());
      String host = each.host().orElse(call.host());
      all.addAll(issue(tenant, id, epoch, host, each.port(), count, leaseUntil));
    }
    return all;
  }

  private String sign(EgressTicket ticket) {
    try {
      return ticket.sign(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the ticket key can not sign", e);
    }
  }
}
