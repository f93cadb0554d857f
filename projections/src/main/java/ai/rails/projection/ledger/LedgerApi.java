package ai.rails.projection.ledger;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.jooq.DSLContext;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Views;
import ai.rails.schema.EventCodec;

/// `GET /v1/ledgers`: heads, entries and leaves of a workspace's log.
public final class LedgerApi {
  private final Views views;
  private final EntryQueries entries;
  private final LogHeads heads;
  private final LogStream stream;

  public LedgerApi(Views views, EventCodec events, InstantSource clock) {
    this.views = views;
    this.entries = new EntryQueries(events);
    this.heads = new LogHeads(clock);
    this.stream = new LogStream(views.progress());
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/ledgers/{ws}/head", (sql, r, log) -> heads.of(sql, tenant(r), log)),
        get(
            "/v1/ledgers/{ws}/entries",
            (sql, r, log) -> entries.ofWorkspace(sql, r, tenant(r), log)),
        new Route(
            "GET",
            "/v1/ledgers/{ws}/entries/stream",
            Label.EVENTUAL,
            Access.anyRole(),
            stream::answer),
        get(
            "/v1/ledgers/{ws}/entries/{position}",
            (sql, r, log) -> entries.leaf(sql, tenant(r), log, position(r), epoch(r))));
  }

  /// A query of one log.
  private interface OfLog {
    Object answer(DSLContext sql, Request request, String workspace);
  }

  private Route get(String path, OfLog query) {
    return new Route(
        "GET", path, Label.EVENTUAL, Access.anyRole(), request -> answer(request, query));
  }

  private Answer answer(Request request, OfLog query) throws InterruptedException {
    String workspace = Filter.path(request, "ws");
    return views.answer(
        request, Optional.of(workspace), sql -> query.answer(sql, request, workspace));
  }

  private static String tenant(Request request) {
    return request.principal().tenant();
  }

  private static Optional<Integer> epoch(Request request) {
    return request.query("epoch").map(text -> Math.toIntExact(Filter.position("epoch", text)));
  }

  private static long position(Request request) {
    return Filter.position("position", request.path("position"));
  }
}
