package ai.rails.projection.ledger;

import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jooq.DSLContext;
import org.jooq.Record;

import ai.rails.domain.ledger.Proofs;
import ai.rails.platform.http.Problem;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Checkpoints.Kept;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.StoredTiles;

import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// How long a log is, what its tree's root is, and how much of it signer and witnesses have signed.
final class LogHeads {
  private final InstantSource clock;

  /// @param clock for the ages of checkpoints
  LogHeads(InstantSource clock) {
    this.clock = clock;
  }

  /// @throws Problem with 404 if the tenant has no such log
  Object of(DSLContext sql, String tenant, String workspace) {
    return sql.selectFrom(HEAD)
        .where(HEAD.TENANT.eq(tenant), HEAD.WORKSPACE.eq(workspace))
        .fetchOptional(row -> shown(sql, tenant, row))
        .orElseThrow(() -> Problem.notFound("ledger of workspace " + workspace));
  }

  private Map<String, Object> shown(DSLContext sql, String tenant, Record row) {
    String workspace = row.get(HEAD.WORKSPACE);
    long size = row.get(HEAD.POSITION);
    Log log = Log.current(sql, tenant, workspace);
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("workspace", workspace);
    out.put("entries", size);
    out.put("leafHash", hex(row.get(HEAD.LEAF_HASH)));
    out.put("recordedAt", row.get(HEAD.RECORDED_AT));
    out.put("origin", row.get(HEAD.ORIGIN));
    out.put("epoch", log.epoch());
    out.put("root", hex(Proofs.root(StoredTiles.nodes(sql, log), size)));
    Optional<Kept> signed = Checkpoints.newest(sql, log);
    signed.ifPresent(kept -> out.put("signed", checkpoint(kept.size(), kept.signedAt())));
    Checkpoints.newestCosigned(sql, log)
        .ifPresent(kept ->
            out.put(
                "cosigned", checkpoint(kept.size(), kept.cosignedAt().orElse(kept.signedAt()))));
    return out;
  }

  private Map<String, Object> checkpoint(long size, long at) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("size", size);
    out.put("at", at);
    out.put("ageMillis", Math.max(0, clock.millis() - at));
    return out;
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
