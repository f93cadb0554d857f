package ai.rails.platform.http;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/// One request that has passed authentication, authorisation and the body limit. Confined to its
/// thread.
public final class Request {
  private final Context context;
  private final Route route;
  private final byte[] body;
  private final Caller caller;
  private final String traceparent;

  Request(Context context, Route route, byte[] body, Caller caller, String traceparent) {
    this.context = context;
    this.route = route;
    this.body = body;
    this.caller = caller;
    this.traceparent = traceparent;
  }

  /// Who calls, by kind of proof.
  sealed interface Caller {
    /// With a token.
    record User(Principal principal) implements Caller {}

    /// With a client certificate.
    record Machine(WorkerIdentity identity) implements Caller {}

    /// With a runner's client certificate.
    record Outpost(RunnerIdentity identity) implements Caller {}

    /// With whatever the handler asks for.
    record Anybody() implements Caller {}
  }

  public Route route() {
    return route;
  }

  /// The principal of a route with roles.
  public Principal principal() {
    if (caller instanceof Caller.User(Principal principal)) {
      return principal;
    }
    throw new IllegalStateException("%s has no principal".formatted(route.name()));
  }

  /// The worker of a route for workers.
  public WorkerIdentity worker() {
    if (caller instanceof Caller.Machine(WorkerIdentity identity)) {
      return identity;
    }
    throw new IllegalStateException("%s has no worker".formatted(route.name()));
  }

  /// The runner of a route for runners.
  public RunnerIdentity runner() {
    if (caller instanceof Caller.Outpost(RunnerIdentity identity)) {
      return identity;
    }
    throw new IllegalStateException("%s has no runner".formatted(route.name()));
  }

  /// SHA-256 of the public key in the client certificate of a route for workers or runners,
  /// lower-case hex.
  public String clientKeySha256() {
    return Exchange.clientCertificate(context)
        .map(certificate -> WorkerIdentity.keySha256(certificate))
        .orElseThrow(
            () -> new IllegalStateException("%s has no certificate".formatted(route.name())));
  }

  /// Method, path and query as they were asked for.
  public String target() {
    HttpServletRequest raw = context.req();
    String query = raw.getQueryString();
    String path = raw.getMethod() + " " + raw.getRequestURI();
    return query == null ? path : path + "?" + query;
  }

  /// A part of the path, decoded.
  public String path(String name) {
    return context.pathParam(name);
  }

  public Optional<String> query(String name) {
    return Optional.ofNullable(context.queryParam(name));
  }

  /// A query parameter within bounds.
  ///
  /// @throws Problem with 422 if it is no integer from `least` to `most`
  public int query(String name, int otherwise, int least, int most) {
    Optional<String> given = query(name);
    if (given.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(given.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw Problem.invalid("%s must be an integer".formatted(name));
    }
    throw Problem.invalid("%s must be %d to %d".formatted(name, least, most));
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name));
  }

  /// All values of a header that may be repeated.
  public List<String> headers(String name) {
    HttpServletRequest raw = context.req();
    return List.copyOf(Collections.list(raw.getHeaders(name)));
  }

  /// The body as it arrived. Callers must not change it.
  public byte[] body() {
    return body;
  }

  /// The body as a record, under the rules of [Json].
  ///
  /// @throws Problem with 415 if it is not declared as JSON
  public <T> T json(Class<T> type) {
    requireType(Answer.JSON);
    return Json.read(body, type);
  }

  /// @throws Problem with 415 if the body is declared as none of these types
  public void requireType(String... allowed) {
    String declared = mediaType(context.header("Content-Type"));
    for (String type : allowed) {
      if (type.equalsIgnoreCase(declared)) {
        return;
      }
    }
    throw new Problem(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "send Content-Type %s".formatted(String.join(" or ", allowed)));
  }

  /// W3C trace context of the server's span for this request.
  public String traceparent() {
    return traceparent;
  }

  private static String mediaType(@Nullable String header) {
    if (header == null) {
      return "";
    }
    int end = header.indexOf(';');
    return (end < 0 ? header : header.substring(0, end)).strip();
  }
}
