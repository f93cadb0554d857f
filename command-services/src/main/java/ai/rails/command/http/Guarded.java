package ai.rails.command.http;

import java.util.List;

import ai.rails.command.CommandBus;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.Unavailable;

/// Says that asking again may help when other commands were faster each time.
public final class Guarded {
  private Guarded() {}

  public static List<Route> all(List<Route> routes) {
    return routes.stream().map(Guarded::route).toList();
  }

  private static Route route(Route route) {
    Handler handler = route.handler();
    return new Route(
        route.method(),
        route.path(),
        route.label(),
        route.access(),
        request -> answer(() -> handler.handle(request)),
        route.maxBodyBytes());
  }

  private static Answer answer(Work work) throws Exception {
    try {
      return work.run();
    } catch (CommandBus.Contended e) {
      throw new Unavailable("other commands were faster each time", e);
    }
  }

  @FunctionalInterface
  private interface Work {
    Answer run() throws Exception;
  }
}
