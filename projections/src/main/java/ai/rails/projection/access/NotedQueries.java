package ai.rails.projection.access;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ai.rails.domain.Header;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;

/// Lets queries be answered only when the ledger has who asked. A list is noted by its workspace
/// and not by what is on each page, so that whoever turns pages makes one entry a minute.
public final class NotedQueries {
  /// The head says how long a log is and nothing that is in it; everybody polls it.
  private static final String HEAD = "/head";

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,63}");

  private NotedQueries() {}

  /// The same routes, noted first.
  public static List<Route> of(List<Route> routes, AccessNotes notes) {
    return routes.stream()
        .map(route -> route.path().endsWith(HEAD) ? route : noted(route, notes))
        .toList();
  }

  private static Route noted(Route route, AccessNotes notes) {
    return new Route(
            route.method(),
            route.path(),
            route.label(),
            route.access(),
            request -> {
              String workspace = workspace(request);
              notes.note(Taken.reading(request, workspace, workspace));
              return route.handler().handle(request);
            })
        .limit(route.maxBodyBytes());
  }

  /// The one that is asked about; the tenant's own log where none is.
  private static String workspace(Request request) {
    Stream<Optional<String>> named =
        request.route().path().contains("{ws}")
            ? Stream.of(Optional.of(request.path("ws")))
            : Stream.of(request.query("workspace"));
    return named
        .flatMap(Optional::stream)
        .filter(id -> ID.matcher(id).matches())
        .findFirst()
        .orElse(Header.TENANT_WORKSPACE);
  }
}
