package ai.rails.projection.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.DSLContext;

import ai.rails.domain.checkpoint.TlogProof;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Proofs;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.access.AccessNotes;
import ai.rails.projection.access.Taken;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Checkpoints.Kept;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.StoredTiles;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// Checkpoints and proofs of a workspace's log, in the formats of C2SP.
public final class ProofApi {
  static final String NOTE = "text/plain; charset=utf-8";

  private final Views views;
  private final Coverage coverage;
  private final AccessNotes notes;

  public ProofApi(Views views, Coverage coverage, AccessNotes notes) {
    this.views = views;
    this.coverage = coverage;
    this.notes = notes;
  }

  public List<Route> routes() {
    return List.of(
        route("/v1/ledgers/{ws}/checkpoint", this::checkpoint),
        route("/v1/ledgers/{ws}/entries/{position}/proof", this::proof),
        route("/v1/ledgers/{ws}/consistency", this::consistency));
  }

  private static Route route(String path, ai.rails.platform.http.Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  /// The newest cosigned note; with `?covering=` the first one that covers that position.
  private Answer checkpoint(Request request) throws InterruptedException {
    Log log = log(request);
    Optional<Long> covering =
        request.query("covering").map(text -> Filter.position("covering", text));
    if (covering.isPresent()) {
      requireEntry(log, covering.get());
      return note(coverage.of(log, covering.get()));
    }
    return note(newest(log));
  }

  private Kept newest(Log log) {
    return views.query(log.tenant(), sql -> newest(sql, log));
  }

  /// @throws Problem with 404 if there is no such log, or nothing was signed yet
  static Kept newest(DSLContext sql, Log log) {
    return Checkpoints.newestCosigned(sql, log)
        .or(() -> Checkpoints.newest(sql, log))
        .orElseThrow(() -> Problem.notFound("checkpoint of workspace " + log.workspace()));
  }

  /// The workspace's log; with `?epoch=` one that was abandoned.
  private Log log(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Filter.path(request, "ws");
    Optional<Integer> epoch =
        request.query("epoch").map(text -> Math.toIntExact(Filter.position("epoch", text)));
    return views.query(tenant, sql -> Log.of(sql, tenant, workspace, epoch));
  }

  static Answer note(Kept kept) {
    return Answer.bytes(200, NOTE, kept.note().bytes());
  }

  private Answer proof(Request request) throws InterruptedException {
    Log log = log(request);
    long position = Filter.position("position", request.path("position"));
    requireEntry(log, position);
    Kept kept = coverage.of(log, position);
    notes.note(Taken.reading(request, log.workspace(), log.workspace() + "/" + position));
    List<byte[]> hashes =
        views.query(
            log.tenant(),
            sql -> Proofs.inclusion(StoredTiles.nodes(sql, log), position - 1, kept.size()));
    return Answer.bytes(
        200, NOTE, new TlogProof(Optional.empty(), position - 1, hashes, kept.note()).bytes());
  }

  /// That the tree of `?from=` entries is the beginning of that of `?to=`, usually the newest
  /// checkpoint's.
  private Answer consistency(Request request) {
    Log log = log(request);
    long from =
        request
            .query("from")
            .map(text -> Filter.position("from", text))
            .orElseThrow(() -> Problem.invalid("from is the size of the earlier tree: name it"));
    long to =
        request
            .query("to")
            .map(text -> Filter.position("to", text))
            .orElseGet(() -> newest(log).size());
    requireEntry(log, Math.max(to, 1));
    if (from > to) {
      throw Problem.invalid("from is at most to: a tree grows");
    }
    return Answer.ok(
        views.query(
            log.tenant(),
            sql -> consistency(StoredTiles.nodes(sql, log), log.workspace(), from, to)));
  }

  private static Map<String, Object> consistency(
      NodeHashes nodes, String workspace, long from, long to) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("workspace", workspace);
    out.put("from", from);
    out.put("fromRoot", base64(Proofs.root(nodes, from)));
    out.put("to", to);
    out.put("toRoot", base64(Proofs.root(nodes, to)));
    out.put("hashes", Proofs.consistency(nodes, from, to).stream().map(ProofApi::base64).toList());
    return out;
  }

  /// Of an abandoned log its last checkpoint says how long it was.
  private void requireEntry(Log log, long position) {
    long entries = views.query(log.tenant(), sql -> entries(sql, log));
    if (position < 1 || position > entries) {
      throw Problem.notFound("ledger entry " + position);
    }
  }

  private static long entries(DSLContext sql, Log log) {
    if (!log.equals(Log.current(sql, log.tenant(), log.workspace()))) {
      return newest(sql, log).size();
    }
    return sql.select(HEAD.POSITION)
        .from(HEAD)
        .where(HEAD.TENANT.eq(log.tenant()), HEAD.WORKSPACE.eq(log.workspace()))
        .fetchOptional(HEAD.POSITION)
        .orElseThrow(() -> Problem.notFound("ledger of workspace " + log.workspace()));
  }

  private static String base64(byte[] hash) {
    return new String(Base64.getEncoder().encode(hash), StandardCharsets.US_ASCII);
  }
}
