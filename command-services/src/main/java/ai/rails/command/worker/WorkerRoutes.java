package ai.rails.command.worker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;

/// Puts the worker protocol on HTTP.
public final class WorkerRoutes {
  private static final Pattern PART = Pattern.compile("\\{([^}]+)}");

  /// Sealed evidence travels in the body; the gateway caps an answer at 10 MiB.
  private static final int MAX_BODY_BYTES = 16 << 20;

  private WorkerRoutes() {}

  public static List<Route> of(List<WorkerEndpoint<?>> endpoints) {
    return endpoints.stream().map(WorkerRoutes::route).toList();
  }

  private static <B> Route route(WorkerEndpoint<B> endpoint) {
    return new Route(
            endpoint.method(),
            endpoint.path(),
            Label.STRONG,
            Access.worker(),
            request -> answer(endpoint, request))
        .limit(MAX_BODY_BYTES);
  }

  private static <B> Answer answer(WorkerEndpoint<B> endpoint, Request request) {
    Map<String, String> parts = new HashMap<>();
    Matcher names = PART.matcher(endpoint.path());
    while (names.find()) {
      parts.put(names.group(1), request.path(names.group(1)));
    }
    WorkerEndpoint.Reply reply =
        endpoint
            .handler()
            .handle(
                request.worker(),
                parts,
                request.json(endpoint.body()),
                Optional.of(request.traceparent()));
    return reply
        .body()
        .map(body -> Answer.json(reply.status(), body))
        .orElseGet(() -> Answer.empty(reply.status()));
  }
}
