package ai.rails.command.access;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.rails.command.CommandBus;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.access.AccessCommand.NoteReading;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;

/// Makes an event of each reading of drafts, simulations, keys and proposals before it is answered;
/// what can not be noted is not answered. The same reading in the same minute is noted once.
public final class NotedReads {
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);
  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}");

  private final Writes writes;
  private final CommandBus bus;
  private final InstantSource clock;

  public NotedReads(Writes writes, CommandBus bus, InstantSource clock) {
    this.writes = writes;
    this.bus = bus;
    this.clock = clock;
  }

  /// The same routes; those that read note it first.
  public List<Route> of(List<Route> routes) {
    return routes.stream()
        .map(route -> route.method().equals("GET") ? noted(route) : route)
        .toList();
  }

  private Route noted(Route route) {
    return new Route(
        route.method(),
        route.path(),
        route.label(),
        route.access(),
        request -> {
          note(request);
          return route.handler().handle(request);
        });
  }

  private void note(Request request) {
    Instant now = clock.instant();
    String tenant = request.principal().tenant();
    var _ =
        bus.dispatch(
            writes.context(request, Header.TENANT_WORKSPACE),
            AccessEntity.TYPE,
            new NoteReading(
                tenant,
                Header.TENANT_WORKSPACE + "/" + HOUR.format(now),
                request.principal().subject(),
                request.route().name(),
                resource(request),
                now.truncatedTo(ChronoUnit.MINUTES)));
  }

  /// The id that is asked for; the tenant's own log where a list is.
  private static String resource(Request request) {
    Matcher parameter = PARAMETER.matcher(request.route().path());
    if (!parameter.find()) {
      return Header.TENANT_WORKSPACE;
    }
    String id = request.path(parameter.group(1));
    return ID.matcher(id).matches() ? id : "invalid";
  }
}
