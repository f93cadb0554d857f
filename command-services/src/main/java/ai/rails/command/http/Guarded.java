package ai.rails.command.http;

import java.util.List;

import ai.rails.command.CommandBus;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;

/// Says of the write side's own failures whether asking again may help.
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
    } catch (Database.Unavailable | CommandBus.Contended e) {
      throw new Unavailable("the store did not take the command", e);
    }
  }

  @FunctionalInterface
  private interface Work {
    Answer run() throws Exception;
  }
}
