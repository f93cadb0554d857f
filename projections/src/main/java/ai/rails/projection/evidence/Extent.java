package ai.rails.projection.evidence;

import java.util.List;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

import ai.rails.domain.EntryType;
import ai.rails.platform.evidence.Scope;
import ai.rails.platform.http.Problem;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;
import static ai.rails.projection.jooq.generated.Tables.GATE;

/// Which entries of its log a scope has, as of now.
///
/// @param first position of the first one
/// @param last position of the last one
/// @param ended whether it is a run and has ended
/// @param workers positions of its workers' own entries: what let them act
record Extent(Scope scope, long first, long last, boolean ended, List<Long> workers) {
  private static final String[] ENDS =
      java.util.Arrays.stream(EntryType.values())
          .filter(EntryType::endsRun)
          .map(Enum::name)
          .toArray(String[]::new);

  /// @throws Problem with 404 if the tenant has no such run
  static Extent ofRun(DSLContext sql, String tenant, String run) {
    String workspace = workspace(sql, tenant, run);
    return run(sql, new Scope.OfRun(tenant, workspace, run), run);
  }

  /// @throws Problem with 404 if the tenant has no such gate
  static Extent ofApproval(DSLContext sql, String tenant, String run, String gate) {
    boolean known =
        sql.fetchExists(
            GATE, GATE.TENANT.eq(tenant).and(GATE.RUN.eq(run)).and(GATE.GATE_.eq(gate)));
    if (!known) {
      throw Problem.notFound("gate %s of run %s".formatted(gate, run));
    }
    String workspace = workspace(sql, tenant, run);
    return run(sql, new Scope.OfApproval(tenant, workspace, run, gate), run);
  }

  /// @throws Problem with 404 if nothing was recorded in that time
  static Extent ofPeriod(DSLContext sql, Scope.OfPeriod period) {
    return bounds(
            sql,
            ENTRY
                .TENANT
                .eq(period.tenant())
                .and(ENTRY.WORKSPACE.eq(period.workspace()))
                .and(ENTRY.RECORDED_AT.ge(period.from()))
                .and(ENTRY.RECORDED_AT.lt(period.to())))
        .map(b -> new Extent(period, b.first, b.last, false, List.of()))
        .orElseThrow(() -> Problem.notFound("an entry of that time"));
  }

  /// @param size of the checkpoint
  static Extent ofWorkspace(String tenant, String workspace, long size) {
    return new Extent(new Scope.OfWorkspace(tenant, workspace), 1, size, false, List.of());
  }

  /// The condition that its entries meet.
  Condition entries() {
    Condition log = ENTRY.TENANT.eq(scope.tenant()).and(ENTRY.WORKSPACE.eq(scope.workspace()));
    Condition between = ENTRY.POSITION.between(first, last);
    return switch (scope) {
      case Scope.OfRun of -> log.and(ofRun(between, of.run()));
      case Scope.OfApproval of -> log.and(ofRun(between, of.run()));
      case Scope.OfPeriod _, Scope.OfWorkspace _ -> log.and(between);
    };
  }

  private Condition ofRun(Condition between, String run) {
    Condition its = between.and(ENTRY.RUN.eq(run));
    return workers.isEmpty() ? its : its.or(ENTRY.POSITION.in(workers));
  }

  private record Bounds(long first, long last) {}

  private static Extent run(DSLContext sql, Scope scope, String run) {
    Condition its = ENTRY.TENANT.eq(scope.tenant()).and(ENTRY.RUN.eq(run));
    boolean ended = sql.fetchExists(ENTRY, its.and(ENTRY.ENTRY_TYPE.in(ENDS)));
    return bounds(sql, its)
        .map(b -> new Extent(scope, b.first, b.last, ended, WorkerEntries.of(sql, scope, run)))
        .orElseThrow(() -> Problem.notFound("run " + run));
  }

  private static Optional<Bounds> bounds(DSLContext sql, Condition which) {
    return sql.select(DSL.min(ENTRY.POSITION), DSL.max(ENTRY.POSITION))
        .from(ENTRY)
        .where(which)
        .fetchOptional()
        .filter(row -> row.value1() != null)
        .map(row -> new Bounds(row.value1(), row.value2()));
  }

  private static String workspace(DSLContext sql, String tenant, String run) {
    return sql.select(ENTRY.WORKSPACE)
        .from(ENTRY)
        .where(ENTRY.TENANT.eq(tenant), ENTRY.RUN.eq(run))
        .limit(1)
        .fetchOptional(ENTRY.WORKSPACE)
        .orElseThrow(() -> Problem.notFound("run " + run));
  }
}
