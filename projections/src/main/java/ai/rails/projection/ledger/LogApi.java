package ai.rails.projection.ledger;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import org.jooq.DSLContext;

import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.TilePath;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.access.AccessNotes;
import ai.rails.projection.access.Taken;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.StoredTiles;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// A workspace's log in the layout of C2SP tlog-tiles, under `/v1/ledgers/{ws}/log/`, so that any
/// client of such logs can read and check it.
///
/// What such a client fetches is more than anybody else sees at once, so entry bundles are noted;
/// checkpoint and hashes are what a monitor fetches all the time, and tell nothing.
public final class LogApi {
  private static final String BYTES = "application/octet-stream";
  private static final String ENTRIES = "entries";
  private static final Access READERS = Access.roles(Role.AUDITOR, Role.ADMIN, Role.OPERATOR);

  /// The parts of a tile's path: up to 10^9 full tiles, and one that is not full.
  private static final List<String> PARTS = List.of("a", "b", "c", "d");

  private final Views views;
  private final AccessNotes notes;

  public LogApi(Views views, AccessNotes notes) {
    this.views = views;
    this.notes = notes;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(route("/v1/ledgers/{ws}/log/checkpoint", this::checkpoint));
    StringBuilder path = new StringBuilder("/v1/ledgers/{ws}/log/tile/{level}");
    for (int parts = 1; parts <= PARTS.size(); parts++) {
      path.append("/{").append(PARTS.get(parts - 1)).append('}');
      List<String> names = PARTS.subList(0, parts);
      routes.add(route(path.toString(), request -> tile(request, names)));
    }
    return routes;
  }

  private static Route route(String path, ai.rails.platform.http.Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, READERS, handler);
  }

  private Answer checkpoint(Request request) {
    String workspace = Filter.path(request, "ws");
    return ProofApi.note(
        views.query(
            request.principal().tenant(),
            sql ->
                ProofApi.newest(sql, Log.current(sql, request.principal().tenant(), workspace))));
  }

  private Answer tile(Request request, List<String> names) {
    String workspace = Filter.path(request, "ws");
    String rest = String.join("/", names.stream().map(request::path).toList());
    boolean entries = request.path("level").equals(ENTRIES);
    TilePath tile = parse("tile/%s/%s".formatted(entries ? "0" : request.path("level"), rest));
    byte[] hashes = hashes(request, workspace, tile);
    if (!entries) {
      return Answer.bytes(200, BYTES, hashes);
    }
    notes.note(Taken.reading(request, workspace, workspace));
    return Answer.bytes(
        200, BYTES, query(request, (sql, tenant) -> bundle(sql, tenant, workspace, tile)));
  }

  /// @throws Problem with 404 if the tile does not have so many hashes yet
  private byte[] hashes(Request request, String workspace, TilePath tile) {
    int bytes = tile.width() * Merkle.HASH_BYTES;
    return query(
        request,
        (sql, tenant) ->
            StoredTiles.find(sql, Log.current(sql, tenant, workspace), tile.level(), tile.index())
                .filter(stored -> stored.length >= bytes)
                .map(stored -> Arrays.copyOf(stored, bytes))
                .orElseThrow(() -> Problem.notFound(tile.toString())));
  }

  /// Leaves, each behind its length.
  private static byte[] bundle(DSLContext sql, String tenant, String workspace, TilePath tile) {
    long first = tile.index() * TilePath.FULL + 1;
    var bundle = new ByteArrayOutputStream();
    sql.select(ENTRY.LEAF)
        .from(ENTRY)
        .where(
            ENTRY.TENANT.eq(tenant),
            ENTRY.WORKSPACE.eq(workspace),
            ENTRY.POSITION.between(first, first + tile.width() - 1))
        .orderBy(ENTRY.POSITION)
        .forEach(row -> {
          byte[] leaf = row.value1();
          bundle.write(leaf.length >> Byte.SIZE);
          bundle.write(leaf.length);
          bundle.writeBytes(leaf);
        });
    return bundle.toByteArray();
  }

  private interface OfTenant {
    byte[] answer(DSLContext sql, String tenant);
  }

  private byte[] query(Request request, OfTenant query) {
    String tenant = request.principal().tenant();
    Function<DSLContext, byte[]> own = sql -> query.answer(sql, tenant);
    return views.query(tenant, own);
  }

  private static TilePath parse(String path) {
    try {
      return TilePath.parse(path);
    } catch (IllegalArgumentException e) {
      throw Problem.notFound(Filter.shown(path));
    }
  }
}
