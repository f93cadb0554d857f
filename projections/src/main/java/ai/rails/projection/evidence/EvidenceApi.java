package ai.rails.projection.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jooq.DSLContext;

import ai.rails.domain.access.EvidenceScope;
import ai.rails.domain.checkpoint.Note;
import ai.rails.platform.evidence.Scope;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.EventStream;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.access.AccessNotes;
import ai.rails.projection.access.Taken;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Checkpoints.Kept;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.StoredTiles;
import ai.rails.projection.evidence.Bundles.Build;
import ai.rails.projection.evidence.Bundles.Made;
import ai.rails.projection.feed.Views;
import ai.rails.projection.ledger.Coverage;

import static java.nio.charset.StandardCharsets.UTF_8;

/// `GET /v1/evidence`: bundles that outsiders can check.
///
/// With `Accept: text/event-stream` the same resource tells how far the making is and ends with
/// where the bundle is to be fetched. The bundle itself is given once the ledger says who gets it.
public final class EvidenceApi {
  private static final Access READERS = Access.roles(Role.AUDITOR, Role.ADMIN, Role.OPERATOR);
  private static final Duration BEAT = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Views views;
  private final Coverage coverage;
  private final AccessNotes notes;
  private final Bundles bundles;

  public EvidenceApi(
      Views views, Coverage coverage, AccessNotes notes, BundleMaker maker, Path scratch) {
    this.views = views;
    this.coverage = coverage;
    this.notes = notes;
    this.bundles = new Bundles(scratch, maker);
  }

  /// What is asked for, and what it is proved against.
  ///
  /// @param fetch path and query that fetch exactly this
  private record Asked(
      EvidenceScope kind,
      String resource,
      Extent extent,
      Kept checkpoint,
      Optional<Kept> since,
      String fetch) {
    String key() {
      return "%s/%s/%s/%s/%s/%d"
          .formatted(
              extent.scope().tenant(),
              extent.scope().workspace(),
              kind,
              resource,
              checkpoint.note().text(),
              since.map(Kept::size).orElse(0L));
    }
  }

  /// Finds out what is asked for.
  private interface Asking {
    Asked of(Request request) throws InterruptedException;
  }

  public List<Route> routes() {
    return List.of(
        route("/v1/evidence/runs/{run}", this::run),
        route("/v1/evidence/approvals/{run}/{gate}", this::approval),
        route("/v1/evidence/periods", this::period),
        route("/v1/evidence/workspaces/{ws}", this::workspace));
  }

  private Route route(String path, Asking asking) {
    return new Route(
        "GET", path, Label.EVENTUAL, READERS, request -> answer(request, asking.of(request)));
  }

  private Asked run(Request request) throws InterruptedException {
    String run = Filter.path(request, "run");
    Extent extent = views.query(tenant(request), sql -> Extent.ofRun(sql, tenant(request), run));
    return covered(request, EvidenceScope.RUN, run, extent);
  }

  private Asked approval(Request request) throws InterruptedException {
    String run = Filter.path(request, "run");
    String gate = Filter.path(request, "gate");
    Extent extent =
        views.query(tenant(request), sql -> Extent.ofApproval(sql, tenant(request), run, gate));
    return covered(request, EvidenceScope.APPROVAL, run + "/" + gate, extent);
  }

  private Asked period(Request request) throws InterruptedException {
    String workspace =
        Filter.query(request, "workspace")
            .orElseThrow(() -> Problem.invalid("a period is of a workspace: name it"));
    long from = time(request, "from");
    long to = time(request, "to");
    if (from >= to) {
      throw Problem.invalid("from is before to, both in Unix milliseconds");
    }
    var period = new Scope.OfPeriod(tenant(request), workspace, from, to);
    Extent extent = views.query(tenant(request), sql -> Extent.ofPeriod(sql, period));
    return covered(
        request, EvidenceScope.PERIOD, "%s/%d/%d".formatted(workspace, from, to), extent);
  }

  /// The newest cosigned state, or that of `?size=`.
  private Asked workspace(Request request) {
    String workspace = Filter.path(request, "ws");
    Optional<Long> size = request.query("size").map(text -> Filter.position("size", text));
    Kept checkpoint =
        views
            .query(
                tenant(request),
                sql -> {
                  Log log = Log.current(sql, tenant(request), workspace);
                  return size.map(s -> Checkpoints.of(sql, log, s))
                      .orElseGet(() -> Checkpoints.newestCosigned(sql, log));
                })
            .filter(Kept::cosigned)
            .orElseThrow(() -> Problem.notFound("a cosigned checkpoint of that workspace"));
    return asked(
        request,
        EvidenceScope.WORKSPACE,
        workspace,
        Extent.ofWorkspace(tenant(request), workspace, checkpoint.size()),
        checkpoint);
  }

  private Asked covered(Request request, EvidenceScope kind, String resource, Extent extent)
      throws InterruptedException {
    return asked(
        request,
        kind,
        resource,
        extent,
        coverage.of(extent.scope().tenant(), extent.scope().workspace(), extent.last()));
  }

  /// `?since=` is the size of a checkpoint that was given before.
  private Asked asked(
      Request request, EvidenceScope kind, String resource, Extent extent, Kept checkpoint) {
    Optional<Kept> since =
        request
            .query("since")
            .map(text -> Filter.position("since", text))
            .map(size -> since(extent.scope(), size, checkpoint.size()));
    String path = request.target().substring("GET ".length());
    String fetch =
        kind == EvidenceScope.WORKSPACE && request.query("size").isEmpty()
            ? path + (path.contains("?") ? "&" : "?") + "size=" + checkpoint.size()
            : path;
    return new Asked(kind, resource, extent, checkpoint, since, fetch);
  }

  private Kept since(Scope scope, long size, long most) {
    if (size > most) {
      throw Problem.invalid(
          "since is the size of an earlier checkpoint, at most %d".formatted(most));
    }
    return views
        .query(
            scope.tenant(),
            sql -> Checkpoints.of(sql, Log.current(sql, scope.tenant(), scope.workspace()), size))
        .orElseThrow(() -> Problem.notFound("a checkpoint of %d entries".formatted(size)));
  }

  private Answer answer(Request request, Asked asked) throws InterruptedException {
    boolean watches =
        request.header("Accept").filter(type -> type.contains("text/event-stream")).isPresent();
    if (watches) {
      Build build = build(asked);
      return Answer.events(stream -> tell(stream, build, asked));
    }
    notes.note(
        Taken.export(
            request,
            asked.extent().scope().workspace(),
            asked.resource(),
            new Taken.Export(asked.kind(), asked.checkpoint().size())));
    Made made = build(asked).await();
    return Answer.written(
            200,
            "application/zip",
            out -> {
              long _ = Files.copy(made.file(), out);
            })
        .header("Content-Length", Long.toString(made.bytes()))
        .header(
            "Content-Disposition",
            "attachment; filename=\"%s\"".formatted(made.written().fileName()))
        .etag(made.written().manifestSha256());
  }

  private record OfTenant(Views views, String tenant) implements StoredTiles.Query {
    @Override
    public <T> T run(Function<DSLContext, T> query) {
      return views.query(tenant, query);
    }
  }

  private Build build(Asked asked) {
    Optional<Note> since = asked.since().map(Kept::note);
    return bundles.build(
        asked.key(),
        () ->
            new StoredEvidence(
                new OfTenant(views, asked.extent().scope().tenant()),
                asked.extent(),
                asked.checkpoint().note(),
                asked.checkpoint().size(),
                since));
  }

  /// Events `progress`, then `done` or `failed`.
  private static void tell(EventStream stream, Build build, Asked asked) throws IOException {
    long id = 0;
    long silent = System.nanoTime();
    String told = "";
    try {
      while (!build.over()) {
        String now = build.stage() + "/" + build.done();
        if (!now.equals(told)) {
          stream.send(Long.toString(++id), "progress", text(progress(build)));
          told = now;
          silent = System.nanoTime();
        } else if (System.nanoTime() - silent > BEAT.toNanos()) {
          stream.beat();
          silent = System.nanoTime();
        }
        build.look(LOOK);
      }
      stream.send(Long.toString(++id), "done", text(done(build.await(), asked)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      stream.send(
          Long.toString(++id),
          "failed",
          text(Map.of("state", "FAILED", "detail", "the bundle was not made; ask again")));
    }
  }

  private static Map<String, Object> progress(Build build) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("state", "MAKING");
    out.put("stage", build.stage());
    out.put("done", build.done());
    return out;
  }

  private static Map<String, Object> done(Made made, Asked asked) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("state", "DONE");
    out.put("href", asked.fetch());
    out.put("fileName", made.written().fileName());
    out.put("bytes", made.bytes());
    out.put("entries", made.written().entries());
    out.put("treeSize", asked.checkpoint().size());
    out.put("manifestSha256", made.written().manifestSha256());
    return out;
  }

  private static String text(Map<String, Object> data) {
    return new String(Json.write(data), UTF_8);
  }

  private static long time(Request request, String name) {
    return request
        .query(name)
        .map(text -> Filter.position(name, text))
        .orElseThrow(() -> Problem.invalid(name + " is a time in Unix milliseconds: name it"));
  }

  private static String tenant(Request request) {
    return request.principal().tenant();
  }
}
