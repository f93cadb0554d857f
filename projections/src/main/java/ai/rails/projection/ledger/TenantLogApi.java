package ai.rails.projection.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jooq.DSLContext;

import ai.rails.domain.EntryType;
import ai.rails.domain.Header;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.feed.Views;
import ai.rails.schema.worker.WorkerProtocol.LogPage;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// `GET /v1/worker/tenant-log`: from this a tenant's workers learn whose passkeys are whose. All
/// leaves, since only together they give the root that witnesses cosigned; of events those about
/// passkeys. A worker believes none of it unseen, so it does not matter who serves it.
public final class TenantLogApi {
  /// Most leaves of a page.
  public static final int PAGE = 500;

  private static final Set<String> ABOUT_PASSKEYS =
      Set.of(
          EntryType.PASSKEY_REGISTERED.name(),
          EntryType.PASSKEY_DECISIONED.name(),
          EntryType.PASSKEY_REMOVED.name());

  private final Views views;

  public TenantLogApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/worker/tenant-log", Label.EVENTUAL, Access.worker(), this::answer));
  }

  private Answer answer(Request request) {
    long from =
        request
            .query("from")
            .map(text -> Filter.position("from", text))
            .filter(position -> position > 0)
            .orElseThrow(() -> Problem.invalid("from is a position of the log: name it, from 1"));
    return Answer.ok(page(request.worker().tenant(), from));
  }

  /// @throws Problem with 404 if witnesses have seen nothing of the log yet
  public LogPage page(String tenant, long from) {
    return views.query(tenant, sql -> page(sql, tenant, from));
  }

  private static LogPage page(DSLContext sql, String tenant, long from) {
    Note note =
        Checkpoints.lastSeen(sql, Log.current(sql, tenant, Header.TENANT_WORKSPACE))
            .orElseThrow(() -> Problem.notFound("a cosigned checkpoint of the tenant's log"));
    long last = Math.min(Checkpoint.parse(note.text()).size(), from + PAGE - 1);
    List<String> leaves = new ArrayList<>();
    Map<String, String> events = new TreeMap<>();
    try (var rows =
        sql
            .select(ENTRY.POSITION, ENTRY.ENTRY_TYPE, ENTRY.LEAF, ENTRY.EVENT)
            .from(ENTRY)
            .where(
                ENTRY.TENANT.eq(tenant),
                ENTRY.WORKSPACE.eq(Header.TENANT_WORKSPACE),
                ENTRY.POSITION.between(from, last))
            .orderBy(ENTRY.POSITION)
            .stream()) {
      rows.forEach(row -> {
        leaves.add(base64(row.value3()));
        if (ABOUT_PASSKEYS.contains(row.value2())) {
          events.put(row.value1().toString(), base64(row.value4()));
        }
      });
    }
    return new LogPage(new String(note.bytes(), StandardCharsets.UTF_8), leaves, events);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
