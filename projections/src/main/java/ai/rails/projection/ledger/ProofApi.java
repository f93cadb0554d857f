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
    String tenant = request.principal().tenant();
    String workspace = Filter.path(request, "ws");
    Optional<Long> covering =
        request.query("covering").map(text -> Filter.position("covering", text));
    if (covering.isPresent()) {
      requireEntry(tenant, workspace, covering.get());
      return note(coverage.of(tenant, workspace, covering.get()));
    }
    return note(newest(tenant, workspace));
  }

  private Kept newest(String tenant, String workspace) {
    return views.query(tenant, sql -> newest(sql, tenant, workspace));
  }

  /// @throws Problem with 404 if there is no such log, or nothing was signed yet
  static Kept newest(DSLContext sql, String tenant, String workspace) {
    return Checkpoints.newestCosigned(sql, tenant, workspace)
        .or(() -> Checkpoints.newest(sql, tenant, workspace))
        .orElseThrow(() -> Problem.notFound("checkpoint of workspace " + workspace));
  }

  static Answer note(Kept kept) {
    return Answer.bytes(200, NOTE, kept.note().bytes());
  }

  private Answer proof(Request request) throws InterruptedException {
    String tenant = request.principal().tenant();
    String workspace = Filter.path(request, "ws");
    long position = Filter.position("position", request.path("position"));
    requireEntry(tenant, workspace, position);
    Kept kept = coverage.of(tenant, workspace, position);
    notes.note(Taken.reading(request, workspace, workspace + "/" + position));
    List<byte[]> hashes =
        views.query(
            tenant,
            sql ->
                Proofs.inclusion(
                    StoredTiles.nodes(sql, tenant, workspace), position - 1, kept.size()));
    return Answer.bytes(
        200, NOTE, new TlogProof(Optional.empty(), position - 1, hashes, kept.note()).bytes());
  }

  /// That the tree of `?from=` entries is the beginning of that of `?to=`, usually the newest
  /// checkpoint's.
  private Answer consistency(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Filter.path(request, "ws");
    long from =
        request
            .query("from")
            .map(text -> Filter.position("from", text))
            .orElseThrow(() -> Problem.invalid("from is the size of the earlier tree: name it"));
    long to =
        request
            .query("to")
            .map(text -> Filter.position("to", text))
            .orElseGet(() -> newest(tenant, workspace).size());
    requireEntry(tenant, workspace, Math.max(to, 1));
    if (from > to) {
      throw Problem.invalid("from is at most to: a tree grows");
    }
    return Answer.ok(
        views.query(
            tenant,
            sql -> consistency(StoredTiles.nodes(sql, tenant, workspace), workspace, from, to)));
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

  private void requireEntry(String tenant, String workspace, long position) {
    long entries =
        views.query(
            tenant,
            sql ->
                sql.select(HEAD.POSITION)
                    .from(HEAD)
                    .where(HEAD.TENANT.eq(tenant), HEAD.WORKSPACE.eq(workspace))
                    .fetchOptional(HEAD.POSITION)
                    .orElseThrow(() -> Problem.notFound("ledger of workspace " + workspace)));
    if (position < 1 || position > entries) {
      throw Problem.notFound("ledger entry " + position);
    }
  }

  private static String base64(byte[] hash) {
    return new String(Base64.getEncoder().encode(hash), StandardCharsets.US_ASCII);
  }
}
