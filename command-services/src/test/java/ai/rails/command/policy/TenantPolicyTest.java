package ai.rails.command.policy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.domain.Actor;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyBundlePublished;
import ai.rails.platform.opa.Bundles;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.Recorded;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class TenantPolicyTest {
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

  @TempDir private Path data;
  private final TestIds ids = new TestIds();
  private final TestStore store = TestStore.open().tenant("t1", "w1");
  private AxonCommandBus engine;
  private CommandBus bus;
  private PolicyBundles bundles;
  private TenantPolicy policy;

  @BeforeEach
  void open() throws Exception {
    engine =
        AxonCommandBus.start(
            store.app(), List.of(PolicyBundleEntity.TYPE), Map.of(), Set.of(), NOON, ids);
    bus = new CommandBus(engine, () -> {}, new Random(1));
    BundleSettings settings = BundleSettings.of("dev", "c1");
    bundles =
        new PolicyBundles(
            settings,
            PolicySigning.open(data, settings),
            new PostgresBundleStore(store.app()),
            NOON);
    policy = new TenantPolicy(bundles, store.app(), bus, ids);
  }

  @AfterEach
  void close() {
    bundles.close();
    engine.close();
    store.close();
  }

  @Test
  void newRolesMakeNewPolicyDataWithItsEventAndTheSameRolesNothing() {
    policy.changed(because());
    store.execute("INSERT INTO principal_role VALUES ('t1', 'omar', 'approver')");
    policy.changed(because());
    String revision = revision();
    policy.changed(because());

    List<Recorded> history = bus.history("t1", "PolicyBundle", Bundles.ofTenant("t1"));
    assertThat(history).hasSize(2);
    assertThat(history.getLast().event())
        .isInstanceOfSatisfying(
            PolicyBundlePublished.class,
            e -> {
              assertThat(e.author()).isEqualTo("ada");
              assertThat(e.revision()).isEqualTo(revision);
              assertThat(e.contentSha256())
                  .isEqualTo(text("SELECT content_sha256 FROM policy_bundle WHERE tenant = 't1'"));
            });
    assertThat(revision()).as("nothing is signed for nothing").isEqualTo(revision);
    assertThat(new String(bundles.tenantData("t1").orElseThrow(), StandardCharsets.UTF_8))
        .contains("omar");
  }

  @Test
  void rolesWithoutTheirDataAreCaughtUpWith() {
    policy.changed(because());
    store.execute("INSERT INTO principal_role VALUES ('t1', 'omar', 'approver')");
    policy.catchUp();

    List<Recorded> history = bus.history("t1", "PolicyBundle", Bundles.ofTenant("t1"));
    assertThat(history).hasSize(2);
    assertThat(history.getLast().header().actor().id()).isEqualTo("command-services");
  }

  private String revision() {
    return bundles.revision(Bundles.ofTenant("t1")).orElseThrow();
  }

  private String text(String sql) {
    return store.everything(c -> Sql.one(c, sql, row -> row.getString(1))).orElseThrow();
  }

  private CommandContext because() {
    String id = ids.get().toString();
    return new CommandContext(
        "t1",
        "w1",
        Optional.empty(),
        new Actor(Actor.Kind.USER, "ada"),
        id,
        id,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
