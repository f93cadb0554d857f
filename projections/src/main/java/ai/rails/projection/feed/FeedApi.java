package ai.rails.projection.feed;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jooq.Condition;
import org.jooq.DSLContext;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Page;

import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// `GET /v1/projections`: how far the caller's views are behind its ledger, and why.
public final class FeedApi {
  private final Views views;
  private final Standings standings;
  private final Standings signed;

  public FeedApi(Views views, Standings standings, Standings signed) {
    this.views = views;
    this.standings = standings;
    this.signed = signed;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/v1/projections",
            Label.EVENTUAL,
            Access.anyRole(),
            r -> views.answer(r, sql -> answer(sql, r))));
  }

  private Object answer(DSLContext sql, Request request) {
    String tenant = request.principal().tenant();
    Page page = Page.asked(request, 1);
    Condition where = HEAD.TENANT.eq(tenant);
    if (page.after().isPresent()) {
      where = where.and(HEAD.WORKSPACE.gt(page.after().get().text(0)));
    }
    Map<String, Object> out =
        page.of(
            sql.selectFrom(HEAD)
                .where(where)
                .orderBy(HEAD.WORKSPACE)
                .limit(page.fetch())
                .fetch(row -> {
                  Map<String, Object> log = new LinkedHashMap<>();
                  log.put("workspace", row.get(HEAD.WORKSPACE));
                  log.put("position", row.get(HEAD.POSITION));
                  log.put("leafHash", HexFormat.of().formatHex(row.get(HEAD.LEAF_HASH)));
                  log.put("recordedAt", row.get(HEAD.RECORDED_AT));
                  return log;
                }),
            "workspace");
    out.put("feed", feed(standings.of(tenant)));
    out.put("checkpoints", feed(signed.of(tenant)));
    return out;
  }

  private static Map<String, Object> feed(Standings.Summary summary) {
    Map<String, Object> feed = new LinkedHashMap<>();
    feed.put("state", summary.failure().isEmpty() ? "FOLLOWING" : "STOPPED");
    feed.put("folded", summary.folded());
    feed.put("lagEntries", summary.lagEntries());
    feed.put("lagMillis", summary.lagMillis());
    if (!summary.failure().isEmpty()) {
      feed.put("failure", summary.failure());
    }
    return feed;
  }
}
