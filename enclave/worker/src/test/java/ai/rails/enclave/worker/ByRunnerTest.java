package ai.rails.enclave.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.keys.RunnerCard;
import ai.rails.schema.worker.WorkerProtocol.HandedOver;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.Runner;

import static org.assertj.core.api.Assertions.assertThat;

/// A worker whose call goes by a runner: to whom it seals, and what it believes.
class ByRunnerTest {
  private static final String MINE =
      "airails-runner://%s/workspace-1/%s/plant-1".formatted(Triage.TENANT, Triage.ENVIRONMENT);

  @TempDir private Path directory = Path.of(".");
  private Certificates certificates;
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    certificates = new Certificates(directory);
    Path authority = certificates.authority();
    Path trusted = Files.copy(authority, directory.resolve("runners.pem"));
    bench = new Bench(directory, Map.of("worker.runner.ca.file", trusted.toString()));
    bench.start();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private Runner card(Certificates by, String name, HpkeKeyPair key) throws Exception {
    OwnCertificate.Entry own =
        OwnCertificate.entry(by.worker(name), Certificates.PASSWORD).orElseThrow();
    RunnerCard card = RunnerCard.sign(own.chain(), own.key(), key.publicKey());
    return new Runner("plant-1", card.certificate(), card.hpkePublicKey(), card.signature());
  }

  private static Reply withdrawn() {
    return Reply.ok(new HandedOver("WITHDRAWN", Optional.empty()));
  }

  private ReportOutcome outcome() {
    bench.send("fetch", 1, Purpose.PERFORM);
    Eventually.holds("the outcome is told", () -> !bench.run.outcomes.isEmpty());
    return bench.run.outcomes.getFirst();
  }

  @Test
  void aCardOfAnotherPlaceOrUnderAnotherAuthorityIsNotSealedTo() throws Exception {
    HpkeKeyPair key = HpkeKeyPair.generate();
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Runner mine = card(certificates, MINE, key);
    List<Runner> wrong = new ArrayList<>();
    wrong.add(card(certificates, MINE.replace("workspace-1", "workspace-2"), key));
    wrong.add(card(certificates, MINE.replace("//" + Triage.TENANT, "//other"), key));
    wrong.add(card(certificates, MINE.replace("plant-1", "plant-2"), key));
    wrong.add(card(new Certificates(elsewhere), MINE, key));
    wrong.add(
        new Runner(
            "plant-1",
            mine.certificate(),
            Base64.getEncoder().encodeToString(HpkeKeyPair.generate().publicKey()),
            mine.signature()));

    int attempt = 0;
    for (Runner each : wrong) {
      bench.run.runner = Optional.of(each);
      bench.run.outcomes.clear();
      bench.send("fetch", ++attempt, Purpose.PERFORM);
      Eventually.holds("the outcome is told", () -> !bench.run.outcomes.isEmpty());
      assertThat(bench.run.outcomes.getFirst().outcome()).isEqualTo("DEFINITE_FAILURE");
      assertThat(bench.run.outcomes.getFirst().code()).isEqualTo("RUNNER_UNTRUSTED");
    }

    assertThat(bench.run.handOvers).isEmpty();
    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void aCallBehindARunnerLeavesSealedAndNotThroughTheWorkersGateway() throws Exception {
    bench.run.runner = Optional.of(card(certificates, MINE, HpkeKeyPair.generate()));
    bench.run.handedOver = _ -> withdrawn();

    ReportOutcome told = outcome();

    assertThat(told.outcome()).isEqualTo("DEFINITE_FAILURE");
    assertThat(told.code()).isEqualTo("RUNNER_UNREACHABLE");
    assertThat(told.retryable()).isTrue();
    assertThat(bench.run.handOvers).hasSize(1);
    assertThat(bench.world.effects).isEmpty();
    assertThat(bench.server.seen)
        .allSatisfy(seen -> assertThat(seen.body()).doesNotContain("secret-of"));
  }

  @Test
  void ofACallThatMayHaveLeftBeforeARefusedCardSaysNothing() throws Exception {
    bench.run.runner = Optional.of(card(certificates, MINE, HpkeKeyPair.generate()));
    bench.run.handedOver =
        _ -> {
          throw new IllegalStateException("the process dies here");
        };
    bench.send("fetch", 1, Purpose.PERFORM);
    Eventually.holds("the first attempt was handed over", () -> bench.run.handOvers.size() == 1);
    bench.run.runner =
        Optional.of(
            card(certificates, MINE.replace("workspace-1", "workspace-2"), HpkeKeyPair.generate()));

    bench.send("fetch", 2, Purpose.RECOVER);
    Eventually.holds("the outcome is told", () -> !bench.run.outcomes.isEmpty());

    assertThat(bench.run.outcomes.getFirst().outcome()).isEqualTo("AMBIGUOUS");
    assertThat(bench.run.outcomes.getFirst().code()).isEqualTo("RUNNER_UNTRUSTED");
  }

  @Test
  void anAnswerThatDoesNotOpenIsNoOutcome() throws Exception {
    bench.run.runner = Optional.of(card(certificates, MINE, HpkeKeyPair.generate()));
    byte[] forged =
        HpkeKeyPair.seal(
            HpkeKeyPair.generate().publicKey(),
            "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            "anything");
    bench.run.handedOver =
        _ ->
            Reply.ok(
                new HandedOver(
                    "ANSWERED", Optional.of(Base64.getEncoder().encodeToString(forged))));

    ReportOutcome told = outcome();

    assertThat(told.outcome()).isEqualTo("AMBIGUOUS");
    assertThat(told.code()).isEqualTo("RUNNER_ANSWER_INVALID");
  }

  @Test
  void aHandOverThatIsRefusedAtOnceIsNoCallAndTriedAgain() throws Exception {
    bench.run.runner = Optional.of(card(certificates, MINE, HpkeKeyPair.generate()));
    bench.run.handingOver = _ -> Reply.problem(422, "INVALID");

    ReportOutcome told = outcome();

    assertThat(told.outcome()).isEqualTo("DEFINITE_FAILURE");
    assertThat(told.code()).isEqualTo("HANDOVER_REFUSED");
    assertThat(told.retryable()).isTrue();
    assertThat(bench.run.failures).isEmpty();
  }

  @Test
  void ofAHandOverThatMayHaveBeenDoneNobodySaysThatItWasNot() throws Exception {
    bench.run.runner = Optional.of(card(certificates, MINE, HpkeKeyPair.generate()));
    bench.run.handingOver =
        _ -> Reply.problem(bench.run.handOvers.size() == 1 ? 503 : 422, "SOMETHING");

    assertNothingIsSaid(2);
  }

  @Test
  void anAnswerThatIsRefusedAfterTheHandOverLeavesTheCallToBeRecovered() throws Exception {
    bench.run.runner = Optional.of(card(certificates, MINE, HpkeKeyPair.generate()));
    bench.run.handedOver = _ -> Reply.problem(404, "NOT_FOUND");

    assertNothingIsSaid(1);
  }

  /// Neither an outcome nor a failure of the step: its lease runs out, and it is recovered.
  private void assertNothingIsSaid(int handOvers) {
    bench.send("fetch", 1, Purpose.PERFORM);
    Eventually.holds("the call was handed over", () -> bench.run.handOvers.size() == handOvers);
    bench.finish();

    assertThat(bench.run.failures).isEmpty();
    assertThat(bench.run.outcomes).isEmpty();
    assertThat(bench.run.handOvers).hasSize(handOvers);
  }
}
