package ai.rails.platform.http;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

import io.javalin.http.Context;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.trace.SpanKind;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.Refused;
import ai.rails.platform.http.Request.Caller;
import ai.rails.platform.http.Unauthenticated.Reason;
import ai.rails.platform.telemetry.Names;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.platform.telemetry.Traced;

/// The way of one request: trace, caller, permission, body, handler, answer.
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final String BEARER = "Bearer ";
  private static final int MAX_TOKEN = 8_192;
  private static final String SERVED = "airails.served";

  private final Authenticator authenticator;
  private final Refusals refusals;
  private final Telemetry telemetry;
  private final DoubleHistogram durations;
  private final Unauthenticated unauthenticated;

  Exchange(Authenticator authenticator, Refusals refusals, Telemetry telemetry) {
    this.authenticator = authenticator;
    this.refusals = refusals;
    this.telemetry = telemetry;
    this.durations =
        telemetry.meter().histogramBuilder(Names.HTTP_SERVER_DURATION).setUnit("s").build();
    this.unauthenticated = new Unauthenticated(telemetry);
  }

  void serve(Context context, Route route) throws IOException {
    long start = System.nanoTime();
    Optional<String> parent = Optional.ofNullable(context.header("traceparent"));
    int status = 500;
    try (Traced span = telemetry.begin(route.name(), SpanKind.SERVER, parent)) {
      span.set(Names.HTTP_METHOD, route.method()).set(Names.HTTP_ROUTE, route.path());
      Answer answer = answer(context, route, span);
      status = answer.status();
      span.set(Names.HTTP_STATUS, (long) status);
      context.res().setHeader("traceparent", span.traceparent());
      send(context, answer);
    } finally {
      durations.record(
          (System.nanoTime() - start) / 1e9,
          Attributes.of(Names.HTTP_ROUTE, route.path(), Names.HTTP_STATUS, (long) status));
    }
  }

  /// Answers a request that no route takes.
  void unrouted(Context context, int status, Map<String, String> details) {
    if (context.attribute(SERVED) != null) {
      return;
    }
    Problem problem =
        switch (status) {
          case 404 -> new Problem(404, "NOT_FOUND", "there is nothing at this path");
          case 405 ->
              new Problem(405, "METHOD_NOT_ALLOWED", "this path does not take this method")
                  .with("Allow", details.getOrDefault("availableMethods", ""));
          default -> new Problem(status, "MALFORMED", "the request is not acceptable");
        };
    try {
      send(context, refusal(context, problem, "urn:airails:unrouted"));
    } catch (IOException e) {
      LOG.atDebug().log("client left before it was told that there is nothing");
    }
  }

  private Answer answer(Context context, Route route, Traced span) {
    context.attribute(SERVED, true);
    Optional<Principal> known = Optional.empty();
    try {
      Caller caller = caller(context, route);
      known = caller instanceof Caller.User(Principal p) ? Optional.of(p) : Optional.empty();
      known.ifPresent(principal -> permit(context, route, principal));
      byte[] body = Bodies.read(context.req(), route.maxBodyBytes());
      return route.handler().handle(new Request(context, route, body, caller, span.traceparent()));
    } catch (Exception e) {
      Problem problem = problem(e, route, span);
      if (problem.status() == 401 && route.access() instanceof Access.Open) {
        unauthenticated.count(route, Reason.BAD_SIGNATURE);
      }
      if (problem.status() == 403 || problem.status() == 404) {
        known.ifPresent(
            principal -> refusals.refused(principal, route, resource(context), problem.code()));
      }
      return refusal(context, problem, "urn:airails:trace:" + span.traceId());
    }
  }

  private static Answer refusal(Context context, Problem problem, String instance) {
    Problem told = Bodies.drained(context.req()) ? problem : problem.with("Connection", "close");
    return told.answer(instance);
  }

  private Caller caller(Context context, Route route) {
    return switch (route.access()) {
      case Access.Open _ -> new Caller.Anybody();
      case Access.Worker _ -> new Caller.Machine(certificate(context, route));
      case Access.Runner _ -> new Caller.Outpost(runner(context, route));
      case Access.Roles _ -> new Caller.User(principal(context, route));
    };
  }

  private Principal principal(Context context, Route route) {
    String header = context.header("Authorization");
    if (header == null || !header.startsWith(BEARER) || header.length() > MAX_TOKEN) {
      unauthenticated.count(route, header == null ? Reason.NO_TOKEN : Reason.MALFORMED_TOKEN);
      throw unauthenticated("send Authorization: Bearer and an access token", "");
    }
    try {
      return authenticator.authenticate(header.substring(BEARER.length()));
    } catch (GeneralSecurityException | Refused e) {
      unauthenticated.count(route, Reason.INVALID_TOKEN);
      LOG.atDebug().addKeyValue("reason", e.getClass().getSimpleName()).log("token refused");
      throw unauthenticated(
          "the access token is not valid here, or no longer", " error=\"invalid_token\"");
    }
  }

  private static Problem unauthenticated(String detail, String error) {
    return new Problem(401, "UNAUTHENTICATED", detail)
        .with("WWW-Authenticate", "Bearer realm=\"airails\"" + error);
  }

  private WorkerIdentity certificate(Context context, Route route) {
    return clientCertificate(context)
        .flatMap(WorkerIdentity::of)
        .orElseThrow(() -> {
          unauthenticated.count(route, Reason.NO_CERTIFICATE);
          return noWorker();
        });
  }

  private RunnerIdentity runner(Context context, Route route) {
    return clientCertificate(context)
        .flatMap(RunnerIdentity::of)
        .orElseThrow(() -> {
          unauthenticated.count(route, Reason.NO_CERTIFICATE);
          return new Problem(
              401,
              "UNAUTHENTICATED",
              "a runner's client certificate with its airails-runner name is needed");
        });
  }

  /// The verified certificate that the client showed.
  static Optional<X509Certificate> clientCertificate(Context context) {
    Object chain = context.req().getAttribute("jakarta.servlet.request.X509Certificate");
    return chain instanceof X509Certificate[] certificates && certificates.length > 0
        ? Optional.of(certificates[0])
        : Optional.empty();
  }

  private static Problem noWorker() {
    return new Problem(
        401, "UNAUTHENTICATED", "a worker's client certificate with its airails name is needed");
  }

  /// A foreign tenant is answered like one that does not exist.
  private static void permit(Context context, Route route, Principal principal) {
    if (!(route.access() instanceof Access.Roles(var allowed))) {
      return;
    }
    if (principal.roles().stream().noneMatch(allowed::contains)) {
      throw new Problem(
          403,
          "FORBIDDEN",
          "%s needs one of the roles %s"
              .formatted(route.name(), allowed.stream().map(Role::word).sorted().toList()));
    }
    String tenant = context.pathParamMap().get("tenant");
    if (tenant != null && !tenant.equals(principal.tenant()) && !principal.is(Role.PLATFORM)) {
      throw Problem.notFound("the tenant");
    }
  }

  private static Problem problem(Exception e, Route route, Traced span) {
    return switch (e) {
      case Problem problem -> problem;
      case Refused refused -> Problem.of(refused);
      case Unavailable unavailable -> unavailable(unavailable, route, span);
      case SQLException sql -> unavailable(sql, route, span);
      case IOException io -> {
        LOG.atDebug().addKeyValue("route", route.name()).log("request ended early");
        yield Problem.malformed("the request's body ended early");
      }
      default -> {
        span.failed(e.getClass().getSimpleName());
        LOG.atError()
            .setCause(e)
            .addKeyValue("route", route.name())
            .addKeyValue("trace", span.traceId())
            .log("request failed");
        yield new Problem(
            500, "INTERNAL", "the request failed for a reason of ours; its instance is in our log");
      }
    };
  }

  private static Problem unavailable(Exception e, Route route, Traced span) {
    span.failed("UNAVAILABLE");
    LOG.atWarn()
        .setCause(e)
        .addKeyValue("route", route.name())
        .addKeyValue("trace", span.traceId())
        .log("a neighbour is missing");
    return new Problem(503, "UNAVAILABLE", "a part that is needed does not answer; try again")
        .with("Retry-After", "1");
  }

  private static String resource(Context context) {
    Map<String, String> parts = context.pathParamMap();
    return parts.isEmpty() ? "" : String.join("/", parts.values());
  }

  private static void send(Context context, Answer answer) throws IOException {
    HttpServletResponse response = context.res();
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Cache-Control", "no-store");
    answer.headers().forEach(response::setHeader);
    String etag = answer.headers().get("ETag");
    if (etag != null && answer.status() == 200 && knows(context, etag)) {
      response.setStatus(304);
      return;
    }
    response.setStatus(answer.status());
    if (!answer.contentType().isEmpty()) {
      // JSON has no charset; the server would add one.
      response.setCharacterEncoding((String) null);
      response.setHeader("Content-Type", answer.contentType());
    }
    switch (answer.body()) {
      case Answer.Body.Bytes(byte[] bytes) -> {
        if (bytes.length > 0) {
          response.setContentLength(bytes.length);
          response.getOutputStream().write(bytes);
        }
      }
      case Answer.Body.Written(Answer.Writer writer) -> write(writer, response);
    }
  }

  private static void write(Answer.Writer writer, HttpServletResponse response) {
    try {
      writer.write(response.getOutputStream());
      response.flushBuffer();
    } catch (IOException e) {
      LOG.atDebug().log("client left while the answer was written");
    }
  }

  private static boolean knows(Context context, String etag) {
    String known = context.header("If-None-Match");
    return known != null && (known.equals("*") || known.contains(etag));
  }
}
