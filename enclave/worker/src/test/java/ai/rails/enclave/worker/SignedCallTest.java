package ai.rails.enclave.worker;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.gate.ApprovalRefused;
import ai.rails.enclave.gate.Registry;
import ai.rails.enclave.gate.Signer;
import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.platform.config.Settings;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.SignedApprovals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// A call that people had to sign, over real mutual TLS: it is sent when the tenant's log says that
/// the signature is its approver's, and else the control plane hears why not.
class SignedCallTest {
  @TempDir Path directory;
  private final Registry log = new Registry(Triage.TENANT);
  private final Signer sam = Signer.of(Triage.TENANT, "sam");
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    Path policy = Files.writeString(directory.resolve("tlog-policy"), log.policy());
    bench =
        new Bench(
            directory,
            Map.of("evidence.policy.file", policy.toString(), "cell.domain", "c1.airails.test"));
    log.add(sam.registered(true));
    bench.tenantLog = from -> Reply.ok(log.page(from, InstantSource.system().instant()));
    bench.run.signed =
        call -> Optional.of(new SignedApprovals(1, List.of(sam.approve(call.callDigest()))));
    bench.world.reacts(_ -> World.success("{}"));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void aCallIsSentThatItsApproverSigned() throws Exception {
    bench.start();

    bench.complete("sort", Purpose.PERFORM);

    assertThat(bench.world.effects).hasSize(1);
    assertThat(bench.run.outcomes.getFirst().outcome()).isEqualTo("SUCCESS");
  }

  @Test
  void aCallWhoseSignersPasskeyIsGoneIsNotSent() throws Exception {
    log.add(sam.removed());
    bench.start();

    ReportOutcome outcome = refused(Purpose.PERFORM);

    assertThat(bench.world.effects).isEmpty();
    assertThat(outcome.code()).isEqualTo("PASSKEY_REMOVED");
    assertThat(outcome.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE.name());
    assertThat(outcome.retryable()).isFalse();
    assertThat(outcome.requests()).isZero();
  }

  @Test
  void ofACallThatMayHaveLeftBeforeNobodySaysThatItDidNot() throws Exception {
    bench.start();
    bench.world.reacts(order -> {
      throw new IllegalStateException("the process dies here");
    });
    bench.send("sort", 1, Purpose.PERFORM);
    Eventually.holds("the first attempt left", () -> bench.world.effects.size() == 1);
    log.add(sam.removed());

    bench.send("sort", 2, Purpose.RECOVER);
    Eventually.holds("an outcome", () -> !bench.run.outcomes.isEmpty());

    assertThat(bench.world.effects).hasSize(1);
    assertThat(bench.run.outcomes.getFirst().outcome()).isEqualTo(Outcome.AMBIGUOUS.name());
    assertThat(bench.run.outcomes.getFirst().code()).isEqualTo("PASSKEY_REMOVED");
  }

  @Test
  void aLogThatIsNotThereIsFoundOutBeforeTheCallIsIntended() throws Exception {
    bench.tenantLog = _ -> Reply.problem(404, "NOT_FOUND");
    bench.start();

    bench.fail("close", Purpose.PERFORM);

    assertThat(bench.run.failures.getFirst().code()).isEqualTo("PASSKEY_LOG_BEHIND");
    assertThat(bench.run.failures.getFirst().retryable()).isTrue();
    assertThat(bench.run.intents).isEmpty();
    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void aLogThatNobodyGivesIsAskedForAFewTimes() throws Exception {
    List<Long> asked = new CopyOnWriteArrayList<>();
    bench.tenantLog =
        from -> {
          asked.add(from);
          return Reply.problem(503, "UNAVAILABLE");
        };
    ControlPlane controlPlane = bench.controlPlane();

    ApprovalRefused refused =
        catchThrowableOfType(ApprovalRefused.class, () -> controlPlane.tenantLog(7));

    assertThat(refused.code()).isEqualTo("PASSKEY_LOG_UNREADABLE");
    assertThat(refused.passing()).isTrue();
    assertThat(asked).containsExactly(7L, 7L, 7L);
    bench.tenantLog = _ -> Reply.problem(409, "CONFLICT");
    assertThat(catchThrowableOfType(ApprovalRefused.class, () -> controlPlane.tenantLog(7)).code())
        .isEqualTo("PASSKEY_LOG_BEHIND");
  }

  @Test
  void aPolicyFileThatCanNotBeReadIsNotTakenForAWrongOne() {
    Path gone = directory.resolve("gone");
    var settings = new HashMap<>(bench.settings);
    settings.put("evidence.policy.file", gone.toString());
    settings.put("cell.domain", "c1.airails.test");
    WorkerConfig config = WorkerConfig.of(Settings.of(settings));

    assertThatThrownBy(() -> config.logTrust(Bench.IDENTITY, InstantSource.system()).policy().get())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("can not be read");
  }

  @Test
  void aWorkerThatNobodyToldWhomToBelieveSendsNothing() throws Exception {
    Files.writeString(directory.resolve("tlog-policy"), "");
    bench.start();

    assertThat(refused(Purpose.PERFORM).code()).isEqualTo("PASSKEY_LOG_UNPROVED");
    assertThat(bench.world.effects).isEmpty();
  }

  private ReportOutcome refused(Purpose purpose) {
    bench.send("sort", 1, purpose);
    Eventually.holds("an outcome", () -> !bench.run.outcomes.isEmpty());
    return bench.run.outcomes.getFirst();
  }
}
