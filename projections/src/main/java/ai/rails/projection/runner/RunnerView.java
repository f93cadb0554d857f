package ai.rails.projection.runner;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jooq.Condition;
import org.jooq.DSLContext;

import ai.rails.domain.runner.RunnerEvent;
import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;
import ai.rails.domain.runner.RunnerEvent.RunnerRevoked;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// Runners as the newest entries of each kind tell them. When one last asked for calls is a row of
/// the write side and no entry. Immutable.
public final class RunnerView {
  private static final String STREAM = "Runner";
  private static final int MOST = 10_000;

  private final EventCodec events;

  public RunnerView(EventCodec events) {
    this.events = events;
  }

  /// The newest entry of a kind.
  private record Last<E>(E event, String workspace, long position, long at) {}

  /// One runner's newest entries.
  private static final class Story {
    private Optional<Last<RunnerRegistered>> registered = Optional.empty();
    private Optional<Last<RunnerRevoked>> revoked = Optional.empty();

    private void add(RunnerEvent event, String workspace, long position, long at) {
      switch (event) {
        case RunnerRegistered e -> registered = Optional.of(new Last<>(e, workspace, position, at));
        case RunnerRevoked e -> revoked = Optional.of(new Last<>(e, workspace, position, at));
      }
    }
  }

  /// The runners of a tenant, or of one of its workspaces, by environment and name.
  List<Map<String, Object>> all(DSLContext sql, String tenant, Optional<String> workspace) {
    Condition ofTenant = ENTRY.TENANT.eq(tenant);
    Condition which = workspace.map(ENTRY.WORKSPACE::eq).map(ofTenant::and).orElse(ofTenant);
    Map<String, Story> stories = new TreeMap<>();
    sql.select(ENTRY.STREAM_ID, ENTRY.WORKSPACE, ENTRY.POSITION, ENTRY.RECORDED_AT, ENTRY.EVENT)
        .distinctOn(ENTRY.STREAM_ID, ENTRY.ENTRY_TYPE)
        .from(ENTRY)
        .where(which, ENTRY.STREAM_TYPE.eq(STREAM))
        .orderBy(ENTRY.STREAM_ID, ENTRY.ENTRY_TYPE, ENTRY.POSITION.desc())
        .limit(MOST)
        .forEach(row -> {
          if (events.decode(row.value5()).event() instanceof RunnerEvent event) {
            stories
                .computeIfAbsent(row.value1(), _ -> new Story())
                .add(event, row.value2(), row.value3(), row.value4());
          }
        });
    return stories.values().stream()
        .flatMap(story -> story.registered.map(last -> shown(last, story.revoked)).stream())
        .sorted(Comparator.comparing(each -> String.valueOf(each.get("environment"))))
        .toList();
  }

  private static Map<String, Object> shown(
      Last<RunnerRegistered> last, Optional<Last<RunnerRevoked>> revocation) {
    Optional<Last<RunnerRevoked>> revoked =
        revocation.filter(each -> each.position() > last.position());
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("runner", last.event().runner());
    out.put("workspace", last.workspace());
    out.put("environment", last.event().environment());
    out.put("state", revoked.isPresent() ? "REVOKED" : "REGISTERED");
    out.put("registeredAt", last.at());
    revoked.ifPresent(each -> out.put("revokedAt", each.at()));
    out.put("tlsKeySha256", last.event().tlsKeySha256());
    out.put("sealingKeySha256", last.event().sealingKeySha256());
    return out;
  }
}
