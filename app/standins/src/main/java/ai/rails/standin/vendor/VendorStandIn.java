package ai.rails.standin.vendor;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.Transport;
import ai.rails.standin.vendor.Refusal.Kind;

/// A server in front of one [Vendor]: it takes what the vendor's table takes and nothing else, one
/// request at a time. Thread-safe; this object guards the vendor and what was received.
public final class VendorStandIn implements Service, AutoCloseable {
  private final Vendor vendor;
  private final Journal journal;
  private final InstantSource clock;
  private final Faults faults = new Faults();
  private final List<Request> received = new ArrayList<>();
  private final Map<Predicate<Request>, Response> instead = new LinkedHashMap<>();
  private final LocalServer server;

  /// What a stand-in needs to start; the journal belongs to it from then on.
  public record Start(
      Vendor vendor, Transport transport, int port, Journal journal, InstantSource clock) {}

  private VendorStandIn(Start start) {
    vendor = start.vendor();
    journal = start.journal();
    clock = start.clock();
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  public static VendorStandIn start(Start start) {
    return new VendorStandIn(start);
  }

  public int port() {
    return server.port();
  }

  public Faults faults() {
    return faults;
  }

  public Journal journal() {
    return journal;
  }

  /// Every request that was looked at, oldest first.
  public synchronized List<Request> received() {
    return List.copyOf(received);
  }

  /// The next request that matches is answered so, and does nothing.
  public synchronized void instead(Predicate<Request> matching, Response response) {
    instead.put(matching, response);
  }

  @Override
  public synchronized Response answer(Request request) {
    received.add(request);
    for (Map.Entry<Predicate<Request>, Response> each : instead.entrySet()) {
      if (each.getKey().test(request)) {
        instead.remove(each.getKey());
        return each.getValue();
      }
    }
    for (Endpoint each : vendor.endpoints()) {
      Optional<Map<String, String>> names = each.match(request);
      if (names.isPresent()) {
        return answer(each, request, names.get());
      }
    }
    return vendor.refused(Refusal.of(Kind.MISSING, request.method() + " " + request.path()));
  }

  private Response answer(Endpoint endpoint, Request request, Map<String, String> names) {
    if (!endpoint.admits(request)) {
      return vendor.refused(Refusal.of(Kind.UNAUTHENTICATED, "credential"));
    }
    List<String> wrong = endpoint.complaints(request);
    if (!wrong.isEmpty()) {
      return !endpoint.forms().isEmpty()
          ? ungranted()
          : vendor.refused(Refusal.of(Kind.INVALID, String.join("; ", wrong)));
    }
    return endpoint
        .does()
        .apply(new Taken(request, names, endpoint.content(request), journal, clock.instant()));
  }

  /// RFC 6749 5.2.
  private static Response ungranted() {
    ObjectNode body = Json.object().put("error", "invalid_grant");
    return Response.refused(400, "invalid_grant", body);
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return vendor.refused(
        switch (refusal) {
          case Fault.RateLimited limited ->
              new Refusal(
                  Kind.BUSY,
                  "too many requests",
                  limited.retryAfter(),
                  clock.instant().plus(limited.retryAfter()));
          case Fault.QuotaExhausted _ -> Refusal.of(Kind.BUSY, "quota exhausted");
          case Fault.Overloaded _ -> Refusal.of(Kind.OUT, "overloaded");
          case Fault.ServerError _ -> Refusal.of(Kind.BROKEN, "internal error");
        });
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }
}
