package ai.rails.projection.run;

import java.util.Optional;

import org.jooq.Condition;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.impl.DSL;

import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.projection.Filter;
import ai.rails.projection.ledger.LeafHash;

import static ai.rails.projection.jooq.generated.Tables.CALL;
import static ai.rails.projection.jooq.generated.Tables.ENTRY;
import static ai.rails.projection.jooq.generated.Tables.GATE;
import static ai.rails.projection.jooq.generated.Tables.GATE_VOTE;
import static ai.rails.projection.jooq.generated.Tables.RUN;

/// What people look for a run by. Each part that is given narrows the list.
final class RunSearch {
  private static final String ANY_END = "*";

  private RunSearch() {}

  /// @throws Problem with 422 if a part is not acceptable
  static Condition of(Request request, String tenant) {
    Condition where = RUN.TENANT.eq(tenant);
    where = Filter.by(where, request, "workspace", RUN.WORKSPACE);
    where = Filter.by(where, request, "status", RUN.STATUS);
    where = Filter.by(where, request, "workflow", RUN.WORKFLOW);
    where = Filter.by(where, request, "environment", RUN.ENVIRONMENT);
    where = where.and(part(request, "externalId", RunSearch::ticket));
    where = where.and(part(request, "reference", value -> referred(tenant, value)));
    where = where.and(part(request, "actor", value -> acted(tenant, value)));
    where = where.and(part(request, "approver", value -> voted(tenant, value)));
    where = where.and(part(request, "hash", value -> hashed(tenant, LeafHash.beginning(value))));
    where = where.and(part(request, "from", v -> RUN.STARTED_AT.ge(Filter.position("from", v))));
    return where.and(part(request, "to", v -> RUN.STARTED_AT.lt(Filter.position("to", v))));
  }

  private interface Part {
    Condition of(String value);
  }

  private static Condition part(Request request, String name, Part part) {
    Optional<String> value = Filter.query(request, name).filter(text -> !text.isEmpty());
    return value.map(part::of).orElse(DSL.noCondition());
  }

  private static Condition ticket(String value) {
    return value.endsWith(ANY_END)
        ? RUN.EXTERNAL_ID.startsWith(value.substring(0, value.length() - ANY_END.length()))
        : RUN.EXTERNAL_ID.eq(value);
  }

  /// What another system called something that the run made there.
  private static Condition referred(String tenant, String value) {
    return among(
        DSL.select(CALL.RUN).from(CALL).where(CALL.TENANT.eq(tenant), CALL.VENDOR_REF.eq(value)));
  }

  /// Whoever did something in it or asked for it, a person or a part.
  private static Condition acted(String tenant, String value) {
    return RUN.REQUESTER
        .eq(value)
        .or(
            among(
                DSL.select(ENTRY.RUN)
                    .from(ENTRY)
                    .where(ENTRY.TENANT.eq(tenant), ENTRY.ACTOR_ID.eq(value))));
  }

  private static Condition voted(String tenant, String value) {
    Condition own = GATE_VOTE.APPROVER.eq(value).or(GATE_VOTE.ON_BEHALF_OF.eq(value));
    return among(DSL.select(GATE_VOTE.RUN).from(GATE_VOTE).where(GATE_VOTE.TENANT.eq(tenant), own));
  }

  /// A leaf of the ledger, a call, or the version that ran.
  private static Condition hashed(String tenant, String beginning) {
    return DSL.or(
        LeafHash.ofDigest(RUN.ARTIFACT_DIGEST, beginning),
        among(
            DSL.select(ENTRY.RUN)
                .from(ENTRY)
                .where(ENTRY.TENANT.eq(tenant), LeafHash.ofEntry(beginning))),
        among(
            DSL.select(CALL.RUN)
                .from(CALL)
                .where(CALL.TENANT.eq(tenant), LeafHash.ofDigest(CALL.CALL_DIGEST, beginning))),
        among(
            DSL.select(GATE.RUN)
                .from(GATE)
                .where(GATE.TENANT.eq(tenant), LeafHash.ofDigest(GATE.CALL_DIGEST, beginning))));
  }

  private static Condition among(Select<Record1<String>> runs) {
    return RUN.RUN_.in(runs);
  }
}
