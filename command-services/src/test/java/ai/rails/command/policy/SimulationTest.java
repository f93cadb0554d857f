package ai.rails.command.policy;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Actor;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.CallId;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunRules;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.RunLimits;
import ai.rails.platform.http.Problem;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.opa.Bundles;
import ai.rails.platform.opa.ReplayOpa;
import ai.rails.platform.postgres.Sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A history over the real store, replayed through the real OPA, beside what a few lines of Java
/// say that it must show.
@Tag("slow")
class SimulationTest {
  private static final String TENANT = "t1";
  private static final String CONNECTOR = "sha256:" + "c".repeat(64);
  private static final String ARTIFACT = "sha256:" + "a".repeat(64);
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final int CALLS = 60;
  private static final BundleSettings SETTINGS =
      new BundleSettings("test", "c1", Duration.ofMinutes(15));

  /// What was asked about.
  private record Asked(String action, String risk, int amount) {}

  private static final List<Asked> HISTORY = history(new Random(7));
  private static TestStore store;
  private static AxonCommandBus engine;
  private static PolicyBundles bundles;
  private static Simulation simulation;
  private static CommandBus bus;
  private static final TestIds IDS = new TestIds();
  private static final AtomicReference<Optional<Decision>> NEXT =
      new AtomicReference<>(Optional.empty());

  @BeforeAll
  static void writeHistory() throws Exception {
    Path opa = Path.of(OpaSidecar.binary());
    store = TestStore.open().tenant(TENANT, "w1");
    PostgresBundleStore contents = new PostgresBundleStore(store.app());
    bundles = new PolicyBundles(SETTINGS, signer(), contents, InstantSource.fixed(NOON));
    bundles.publish(TENANT, grants(1_000, true, false), (_, saving) -> save(saving));
    bundles.renew();
    simulation =
        new Simulation(
            opa, contents, new PastDecisions(store.app(), "c1.test"), InstantSource.system());
    Entity<RunCommand, Run, RunEvent> runs =
        RunEntity.of(
            new RunRules((_, _) -> workflow(), (_, _, _) -> true),
            (_, _, command) -> command instanceof IntendCall c ? decided(c) : command);
    engine =
        AxonCommandBus.start(
            store.app(),
            List.of(runs, PolicyBundleEntity.TYPE),
            Map.of(),
            Set.of(),
            InstantSource.system(),
            IDS);
    bus = new CommandBus(engine, () -> {}, new Random(1));
    try (ReplayOpa deciding = ReplayOpa.start(opa, PlatformPolicy.files(), "token")) {
      deciding.tenant(TENANT, grants(1_000, true, false));
      for (int i = 0; i < CALLS; i++) {
        record(bus, runs, deciding, i);
      }
    }
  }

  @AfterAll
  static void stop() {
    engine.close();
    bundles.close();
    store.close();
  }

  @Test
  void whatDecidedThenSaysTheSameAgainAndNothingIsMissing() {
    SimulationReport report =
        simulation.run(
            TENANT, new Candidate.Tenant(TENANT, grants(1_000, true, false)), Instant.EPOCH);

    assertThat(report.decisions()).isEqualTo(CALLS);
    assertThat(report.reproduced()).isTrue();
    assertThat(report.changed()).isZero();
    assertThat(report.json().toString())
        .contains("size=%s,".formatted(position("w1")).replace(",", ""))
        .contains("ledger.c1.test/t/t1/w/w1/e/1");
  }

  @Test
  void aTightenedBundleShowsWhatItWouldStop() {
    SimulationReport report =
        simulation.run(
            TENANT, new Candidate.Tenant(TENANT, grants(400, false, false)), Instant.EPOCH);

    assertThat(report.reproduced()).isTrue();
    assertThat(matrix(report)).isEqualTo(expected(400, false, false));
    assertThat(report.change()).isEqualTo(PolicyVersion.Change.MAJOR);
    assertThat(report.json().get("version"))
        .isEqualTo(Map.of("inEffect", "1.0.0", "least", "2.0.0"));
  }

  @Test
  void aLoosenedBundleShowsWhatItWouldLetGo() {
    SimulationReport report =
        simulation.run(
            TENANT, new Candidate.Tenant(TENANT, grants(5_000, true, true)), Instant.EPOCH);
    assertThat(report.reproduced()).isTrue();
    assertThat(matrix(report)).isEqualTo(expected(5_000, true, true));
    assertThat(report.change()).isEqualTo(PolicyVersion.Change.MINOR);
    assertThat(report.changed()).isPositive();
  }

  /// Asked from the beginning of the logs, so that history stands for what is decided meanwhile.
  @Test
  void aShadowIsAskedWhatWasDecidedAndEnforcesNothing() {
    byte[] tightened = grants(400, false, false);
    ShadowRows.Shadow shadow =
        new ShadowRows.Shadow(
            TENANT,
            "shadow-1",
            BundleContent.tenant(TENANT, tightened).sha256(),
            tightened,
            "bea",
            "",
            false,
            false);
    int followed =
        store
            .app()
            .inTenant(
                TENANT,
                c -> {
                  ShadowRows.start(c, shadow, 1);
                  return Sql.execute(
                      c, "UPDATE policy_shadow_log SET position = 0 WHERE tenant = ?", TENANT);
                });
    Map<String, Object> report;
    try (Shadows shadows =
        new Shadows(
            Path.of(OpaSidecar.binary()),
            store.app(),
            new PostgresBundleStore(store.app()),
            bus,
            IDS)) {
      shadows.look();
      shadows.look();
      report = shadows.end(shadow, new Actor(Actor.Kind.USER, "bea"));
    }

    assertThat(followed).isEqualTo(2);
    assertThat(matrix(report)).isEqualTo(expected(400, false, false));
    assertThat(report).containsEntry("decisions", (long) CALLS).containsEntry("state", "ENDED");
    assertThat(bundles.tenantData(TENANT)).contains(grants(1_000, true, false));
    assertThat(
            store.number(
                "SELECT count(*) FROM event e JOIN policy_simulation s ON s.simulation = 'shadow-1'"
                    + " WHERE e.event_type = 'POLICY_SIMULATED' AND NOT s.sound"))
        .isEqualTo(1);
  }

  @Test
  void otherRegoIsReplayedOverTheDataOfThen() {
    Map<String, String> files = platform();
    files.compute(
        "platform/data.json",
        (_, data) ->
            data.replace("\"quorum\":0,\"read_only\":false", "\"quorum\":1,\"read_only\":false"));

    SimulationReport report = simulation.run(TENANT, Simulation.platform(files), Instant.EPOCH);

    assertThat(report.reproduced()).isTrue();
    assertThat(matrix(report))
        .containsEntry("comment ALLOW REQUIRE_HITL", count("comment"))
        .containsEntry("read ALLOW ALLOW", count("read"));
    assertThat(String.valueOf(report.json().get("approvals")))
        .contains("added=%s".formatted(count("comment")));
  }

  @Test
  void aCandidateThatReachesOutIsNotStarted() {
    Map<String, String> files = platform();
    files.put(
        "airails/leak/leak.rego",
        "package airails.leak\n\nout := http.send({\"method\": \"get\", \"url\": \"http://a\"})\n");

    assertThatThrownBy(() -> simulation.run(TENANT, Simulation.platform(files), Instant.EPOCH))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("http.send");
  }

  private static Map<String, String> platform() {
    Map<String, String> files = new TreeMap<>();
    PlatformPolicy.files().forEach((path, bytes) -> files.put(path, new String(bytes, UTF_8)));
    return files;
  }

  /// What the candidate says, told again without Rego.
  private static Map<String, Long> expected(int max, boolean comments, boolean closes) {
    Map<String, Long> matrix = new HashMap<>();
    for (Asked asked : HISTORY) {
      String cell =
          "%s %s %s"
              .formatted(
                  asked.action(),
                  effect(asked, 1_000, true, false),
                  effect(asked, max, comments, closes));
      matrix.merge(cell, 1L, Long::sum);
    }
    return matrix;
  }

  private static String effect(Asked asked, int max, boolean comments, boolean closes) {
    return switch (asked.action()) {
      case "read" -> "ALLOW";
      case "comment" -> comments ? "ALLOW" : "DENY";
      case "close" -> closes ? "ALLOW" : "DENY";
      case "update" -> "REQUIRE_HITL";
      case "pay" -> asked.amount() <= max ? "REQUIRE_HITL" : "DENY";
      default -> throw new IllegalStateException(asked.action());
    };
  }

  private static Map<String, Long> matrix(SimulationReport report) {
    return matrix(report.json());
  }

  private static Map<String, Long> matrix(Map<String, Object> report) {
    Map<String, Long> matrix = new HashMap<>();
    if (report.get("matrix") instanceof List<?> rows) {
      for (Object row : rows) {
        if (row instanceof Map<?, ?> cell && cell.get("count") instanceof Long count) {
          matrix.put(
              "%s %s %s".formatted(cell.get("action"), cell.get("from"), cell.get("to")), count);
        }
      }
    }
    return matrix;
  }

  private static long count(String action) {
    return HISTORY.stream().filter(asked -> asked.action().equals(action)).count();
  }

  private static long position(String workspace) {
    return store.number(
        "SELECT position FROM workspace_head WHERE tenant = ? AND workspace = ?",
        TENANT,
        workspace);
  }

  private static List<Asked> history(Random random) {
    Map<String, String> risks =
        Map.of("read", "R0", "comment", "R1", "close", "R1", "update", "R2", "pay", "R3");
    List<String> actions = risks.keySet().stream().sorted().toList();
    List<Asked> history = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      String action = actions.get(random.nextInt(actions.size()));
      history.add(new Asked(action, risks.getOrDefault(action, ""), random.nextInt(2_000)));
    }
    return history;
  }

  private static byte[] grants(int max, boolean comments, boolean closes) {
    TenantGrants grants =
        TenantGrants.none()
            .currency("USD")
            .principal("approver-1", List.of("approver"))
            .allow(grant("read"))
            .allow(grant("update"))
            .allow(grant("pay").withParams(Map.of("amount", new ParamRule.AtMost(max, false))));
    if (comments) {
      grants.allow(grant("comment"));
    }
    if (closes) {
      grants.allow(grant("close"));
    }
    return grants.json();
  }

  private static Grant grant(String action) {
    return Grant.of("desk", action, CONNECTOR, List.of("dev"), List.of(ARTIFACT));
  }

  private static void record(
      CommandBus bus, Entity<RunCommand, Run, RunEvent> runs, ReplayOpa deciding, int number) {
    Asked asked = HISTORY.get(number);
    String run = "run-" + number;
    RunPlace place = new RunPlace(TENANT, run, "w1", "dev", "desk", ARTIFACT);
    var person = new Actor(Actor.Kind.USER, "requester");
    bus.dispatch(place.context(person, "start", Optional.empty()), runs, start(run));
    NEXT.set(Optional.of(decision(deciding, asked, run)));
    bus.dispatch(
        place.context(new Actor(Actor.Kind.WORKER, "w"), "intend", Optional.empty()),
        runs,
        new IntendCall(
            TENANT, run, "act", 1, 1, call(run, asked), Money.zero("USD"), "", Optional.empty()));
  }

  private static Decision decision(ReplayOpa deciding, Asked asked, String run) {
    Map<String, Object> input = new HashMap<>(question(asked, run).toMap());
    input.put("request_id", "request-" + run);
    String canonical = CanonicalJson.text(input);
    ReplayOpa.Said said = deciding.ask("airails/tool_action/decision", canonical).orElseThrow();
    return new Decision(
        "decision-" + run,
        ToolActionInput.ENTRY_POINT,
        Decision.Effect.valueOf(said.effect()),
        said.reasons(),
        said.quorum() == 0
            ? List.of()
            : List.of(
                new Decision.Obligation(
                    Decision.Obligation.Type.HUMAN_APPROVAL,
                    Map.of("quorum", "" + said.quorum(), "ttl_s", "600"))),
        canonical,
        CanonicalJson.sha256(canonical.getBytes(UTF_8)),
        Map.of(
            Bundles.PLATFORM,
            bundles.revision(Bundles.PLATFORM).orElseThrow(),
            Bundles.ofTenant(TENANT),
            bundles.revision(Bundles.ofTenant(TENANT)).orElseThrow()),
        Map.of(Bundles.PLATFORM, 1L, Bundles.ofTenant(TENANT), 1L),
        Optional.empty(),
        Optional.empty());
  }

  private static ToolActionInput question(Asked asked, String run) {
    return new ToolActionInput(
        "dev",
        NOON,
        TENANT,
        "c1",
        new Actor(Actor.Kind.WORKER, "w"),
        List.of(),
        Optional.of("requester"),
        new ToolActionInput.Version("desk", "1.0.0", ARTIFACT, "author"),
        new ToolActionInput.Position(run, "act", 1, List.of()),
        new ToolActionInput.Tool(
            "desk",
            asked.action(),
            CONNECTOR,
            asked.risk(),
            asked.risk().equals("R0") ? "read" : "write",
            "K",
            Map.of("amount", asked.amount()),
            "sha256:" + "d".repeat(64),
            "desk.test",
            443),
        List.of(),
        new ToolActionInput.Funds("USD", 0, 0, 0, 1_000, Optional.empty()));
  }

  private static IntendCall decided(IntendCall c) {
    return new IntendCall(
        c.tenant(),
        c.run(),
        c.step(),
        c.attempt(),
        c.epoch(),
        c.call(),
        c.estimate(),
        c.priceTable(),
        NEXT.get());
  }

  private static FrozenCall call(String run, Asked asked) {
    return new FrozenCall(
        CallId.of(TENANT, run, "act", 0, 1),
        "act",
        0,
        "desk",
        asked.action(),
        CONNECTOR,
        "desk-dev",
        "desk.test",
        443,
        "sha256:" + "d".repeat(64),
        IdempotencyClass.K,
        1,
        Map.of(),
        new SealedRef("act/call/0", "e".repeat(64), 1));
  }

  private static StartRun start(String run) {
    return new StartRun(
        TENANT,
        run,
        "desk",
        "1.0.0",
        ARTIFACT,
        "dev",
        "manual",
        "",
        "requester",
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private static Workflow workflow() {
    Step act =
        new Step(
            "act",
            Step.Kind.TOOL,
            List.of(),
            Optional.empty(),
            Map.of(),
            new Step.Retry(1, Duration.ofMillis(1), Duration.ofMillis(1)),
            Duration.ofSeconds(30),
            Optional.of(new Step.Call("desk", "read", Map.of(), List.of())),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty());
    return new Workflow(
        "desk",
        "1.0.0",
        "Desk",
        "author",
        Map.of(),
        List.of(),
        Map.of("desk", new ConnectorPin("desk", "1.0.0", CONNECTOR, "desk-dev", Optional.empty())),
        List.of(act),
        new RunLimits(Duration.ofHours(1), new Money("USD", 1_000_000_000)),
        Map.of(),
        Optional.empty(),
        Workflow.Workers.ANY);
  }

  private static void save(ai.rails.command.TransactionPart saving) {
    boolean _ =
        store
            .app()
            .inTenant(
                "t1",
                c -> {
                  saving.write(c);
                  return true;
                });
  }

  private static BundleSigner signer() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    return new BundleSigner(SETTINGS, "k", pair.getPrivate(), pair.getPublic());
  }
}
