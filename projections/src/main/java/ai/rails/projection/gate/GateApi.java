package ai.rails.projection.gate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jooq.impl.DSL;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Cursor;
import ai.rails.projection.Filter;
import ai.rails.projection.JsonText;
import ai.rails.projection.Page;
import ai.rails.projection.feed.Views;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.GATE;
import static ai.rails.projection.jooq.generated.Tables.GATE_VOTE;
import static ai.rails.projection.jooq.generated.Tables.RUN;

/// `GET /v1/gates`: the approval inbox, the nearest deadline first.
public final class GateApi {
  private static final String OPEN = "OPEN";

  /// How many approvals of a gate count now.
  private static final Field<Integer> APPROVALS =
      DSL.field(
              DSL.selectCount()
                  .from(GATE_VOTE)
                  .where(
                      GATE_VOTE.TENANT.eq(GATE.TENANT),
                      GATE_VOTE.RUN.eq(GATE.RUN),
                      GATE_VOTE.GATE.eq(GATE.GATE_),
                      GATE_VOTE.STANDS.isTrue()))
          .as("approvals");

  private final Views views;
  private final EventCodec events;

  public GateApi(Views views, EventCodec events) {
    this.views = views;
    this.events = events;
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/gates", r -> views.answer(r, sql -> list(sql, r))),
        get("/v1/runs/{run}/gates/{gate}", r -> views.answer(r, sql -> one(sql, r))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private static Object list(DSLContext sql, Request request) {
    Page page = Page.asked(request, 3);
    Condition where = GATE.TENANT.eq(request.principal().tenant());
    where = where.and(GATE.STATE.eq(Filter.query(request, "state").orElse(OPEN)));
    where = Filter.by(where, request, "workspace", GATE.WORKSPACE);
    if (page.after().isPresent()) {
      Cursor after = page.after().get();
      where =
          where.and(
              DSL.row(GATE.EXPIRES_AT, GATE.RUN, GATE.GATE_)
                  .gt(after.number(0), after.text(1), after.text(2)));
    }
    return page.of(
        gates(sql)
            .where(where)
            .orderBy(GATE.EXPIRES_AT, GATE.RUN, GATE.GATE_)
            .limit(page.fetch())
            .fetch(GateApi::shown),
        "expiresAt",
        "run",
        "gate");
  }

  /// Gates with the number that people know their run by.
  private static SelectOnConditionStep<Record> gates(DSLContext sql) {
    return sql.select(GATE.fields())
        .select(RUN.EXTERNAL_ID, APPROVALS)
        .from(GATE)
        .join(RUN)
        .on(RUN.TENANT.eq(GATE.TENANT), RUN.RUN_.eq(GATE.RUN));
  }

  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("run", row.get(GATE.RUN));
    out.put("gate", row.get(GATE.GATE_));
    out.put("workspace", row.get(GATE.WORKSPACE));
    out.put("workflow", row.get(GATE.WORKFLOW));
    out.put("externalId", row.get(RUN.EXTERNAL_ID));
    out.put("forStep", row.get(GATE.FOR_STEP));
    out.put("callId", row.get(GATE.CALL_ID));
    out.put("callDigest", row.get(GATE.CALL_DIGEST));
    out.put("role", row.get(GATE.ROLE));
    out.put("quorum", row.get(GATE.QUORUM));
    out.put("approvals", row.get(APPROVALS));
    out.put("requester", row.get(GATE.REQUESTER));
    out.put("author", row.get(GATE.AUTHOR));
    out.put("display", JsonText.tree(row.get(GATE.DISPLAY)));
    out.put("reasons", JsonText.tree(row.get(GATE.REASONS)));
    out.put("signature", row.get(GATE.SIGNATURE));
    out.put("level", row.get(GATE.LEVEL));
    out.put("escalations", next(row));
    out.put("state", row.get(GATE.STATE));
    out.put("requestedAt", row.get(GATE.REQUESTED_AT));
    out.put("expiresAt", row.get(GATE.EXPIRES_AT));
    out.put("position", row.get(GATE.POSITION));
    return out;
  }

  /// What is still to come if nobody decides.
  private static List<JsonNode> next(Record row) {
    return JsonText.tree(row.get(GATE.ESCALATIONS))
        .valueStream()
        .skip(row.get(GATE.LEVEL))
        .toList();
  }

  private Object one(DSLContext sql, Request request) {
    String tenant = request.principal().tenant();
    String run = Filter.path(request, "run");
    String gate = Filter.path(request, "gate");
    Map<String, Object> out =
        gates(sql)
            .where(GATE.TENANT.eq(tenant), GATE.RUN.eq(run), GATE.GATE_.eq(gate))
            .fetchOptional(GateApi::shown)
            .orElseThrow(() -> Problem.notFound("gate %s of run %s".formatted(gate, run)));
    GateStory story = GateStory.of(sql, events, tenant, run, gate);
    out.put(
        "decisions",
        sql.selectFrom(GATE_VOTE)
            .where(GATE_VOTE.TENANT.eq(tenant), GATE_VOTE.RUN.eq(run), GATE_VOTE.GATE.eq(gate))
            .orderBy(GATE_VOTE.POSITION)
            .fetch(row -> vote(row, story)));
    out.put("corrections", story.corrections());
    out.put("apart", story.apart());
    return out;
  }

  /// The digest tells votes about this call from those about an earlier one.
  private static Map<String, Object> vote(Record row, GateStory story) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("approver", row.get(GATE_VOTE.APPROVER));
    out.put("verdict", row.get(GATE_VOTE.VERDICT));
    out.put("channel", row.get(GATE_VOTE.CHANNEL));
    out.put("callDigest", row.get(GATE_VOTE.CALL_DIGEST));
    Optional.ofNullable(row.get(GATE_VOTE.ON_BEHALF_OF)).ifPresent(by -> out.put("onBehalfOf", by));
    out.put("signed", row.get(GATE_VOTE.SIGNED));
    out.put("stands", row.get(GATE_VOTE.STANDS));
    Optional.ofNullable(story.comments().get(row.get(GATE_VOTE.POSITION)))
        .ifPresent(text -> out.put("comment", text));
    out.put("decidedAt", row.get(GATE_VOTE.DECIDED_AT));
    out.put("position", row.get(GATE_VOTE.POSITION));
    return out;
  }
}
