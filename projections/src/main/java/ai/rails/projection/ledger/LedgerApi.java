package ai.rails.projection.ledger;

import java.util.List;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.feed.Views;
import ai.rails.schema.EventCodec;

/// `GET /v1/ledgers`: heads, entries and leaves of a workspace's log.
public final class LedgerApi {
  private final Views views;
  private final EntryQueries entries;

  public LedgerApi(Views views, EventCodec events) {
    this.views = views;
    this.entries = new EntryQueries(events);
  }

  public List<Route> routes() {
    return List.of(
        get(
            "/v1/ledgers/{ws}/head",
            r -> views.answer(r, sql -> entries.head(sql, tenant(r), r.path("ws")))),
        get(
            "/v1/ledgers/{ws}/entries",
            r -> views.answer(r, sql -> entries.ofWorkspace(sql, r, tenant(r), r.path("ws")))),
        get(
            "/v1/ledgers/{ws}/entries/{position}",
            r -> {
              long position = position(r.path("position"));
              return views.answer(r, sql -> entries.leaf(sql, tenant(r), r.path("ws"), position));
            }));
  }

  private static String tenant(Request request) {
    return request.principal().tenant();
  }

  private static long position(String text) {
    if (!text.matches("\\d{1,15}")) {
      throw Problem.invalid("a position is a whole number from 1");
    }
    return Long.parseLong(text);
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }
}
