package ai.rails.command.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Actor;
import ai.rails.domain.SealedRef;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand.CompleteStep;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.StepCommand;
import ai.rails.schema.StepCommandCodec;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Inherited;

import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

/// Forks from a later step: what they take over stays sealed where it was made.
@Tag("slow")
class ForkTest {
  private static final byte[] SEALED = {1, 2, 3};

  @TempDir private static Path data;
  private static Office office;
  private static TestWorker worker;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").furnished("t2");
    expect(
        201,
        office.text(
            "t1",
            "dana",
            "chain chain 1.0.0",
            "/v1/workspaces/w1/workflows?activate=dev",
            Role.BUILDER));
    String digest =
        office.one("SELECT digest FROM workflow_active WHERE tenant = 't1' AND workflow = 'chain'");
    worker = new TestWorker(api(), new WorkerIdentity("t1", "worker-1", digest, "dev"));
  }

  private static WorkerApi api() throws GeneralSecurityException {
    var key = new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey());
    return new WorkerApi(
        office.store.app(),
        office.bus,
        office.runs,
        office.artifacts,
        office.reveals,
        new Tickets(key, "proxy-1", 1, 1, office.ids, office.clock),
        (_, _, _, _, _) -> {},
        (_, _, _) -> true,
        Duration.ofSeconds(30),
        office.ids,
        office.clock);
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void forkFromALaterStepReadsWhatTheSourceSealed() throws Exception {
    String source = started();
    complete(source, "gather");

    String fork = fork(source, "weigh");

    Run run = office.bus.load("t1", office.runs, fork);
    assertThat(run.step("gather").orElseThrow().contentRun()).contains(source);
    Claimed claimed = worker.claim(command(fork, "weigh"));
    String ref = "gather/output/1";
    assertThat(claimed.outputs()).containsEntry("gather", ref);
    assertThat(claimed.contents()).containsEntry(ref, Base64.getEncoder().encodeToString(SEALED));
    assertThat(claimed.inherited())
        .containsExactly(new Inherited(source, key(source), List.of(ref)));
  }

  @Test
  void forkOfAForkNamesTheRunThatSealed() throws Exception {
    String source = started();
    complete(source, "gather");
    String fork = fork(source, "weigh");
    complete(fork, "weigh");

    String second = fork(fork, "judge");

    Run run = office.bus.load("t1", office.runs, second);
    assertThat(run.step("gather").orElseThrow().contentRun()).contains(source);
    assertThat(run.step("weigh").orElseThrow().contentRun()).contains(fork);
    assertThat(worker.claim(command(second, "judge")).inherited())
        .extracting(Inherited::run)
        .containsExactlyInAnyOrder(source, fork);
  }

  @Test
  void erasedSourceTakesItsContentFromItsForks() throws Exception {
    String source = started();
    complete(source, "gather");
    String fork = fork(source, "weigh");
    office.store.execute("DELETE FROM run_key WHERE run = ?", source);

    Claimed claimed = worker.claim(command(fork, "weigh"));
    assertThat(claimed.inherited()).isEmpty();
    assertThat(claimed.contents()).doesNotContainKey("gather/output/1");
    expect(
        422,
        office.post(
            "t1", "rita", "/v1/runs/" + source + "/fork", "{\"step\": \"weigh\"}", Role.OPERATOR));
  }

  @Test
  void contentOfAnotherVersionsRunIsNotHandedOut() throws Exception {
    String source = started();
    complete(source, "gather");
    String fork = fork(source, "weigh");
    // As if the event named a run of another version: its key is not this worker's.
    office.store.execute(
        "UPDATE run_index SET artifact_digest = ? WHERE run = ?", Office.DIGEST, source);

    assertThat(worker.claim(command(fork, "weigh")).inherited()).isEmpty();
  }

  private static String started() throws Exception {
    return json(office.post(
            "t1",
            "rita",
            "/v1/runs",
            "{\"workflow\": \"chain\", \"environment\": \"dev\", \"trigger\": \"manual\","
                + " \"inputs\": {\"incident\": \"INC1\"}}",
            Role.OPERATOR))
        .path("run")
        .asText();
  }

  private static String fork(String source, String step) throws Exception {
    var answer =
        office.post(
            "t1",
            "rita",
            "/v1/runs/" + source + "/fork",
            "{\"step\": \"%s\"}".formatted(step),
            Role.OPERATOR);
    expect(202, answer);
    return json(answer).path("run").asText();
  }

  /// As a worker does it, with the run's key.
  private static void complete(String run, String step) {
    String ref = step + "/output/1";
    office.store.execute(
        "INSERT INTO run_key VALUES ('t1', ?, ?)", run, run.getBytes(StandardCharsets.UTF_8));
    office.store.execute("INSERT INTO sealed_content VALUES ('t1', ?, ?, ?)", run, ref, SEALED);
    RunPlace place = office.store.everything(c -> RunPlace.find(c, "t1", run)).orElseThrow();
    office.bus.dispatch(
        place.context(
            new Actor(Actor.Kind.WORKER, "w"), office.ids.get().toString(), Optional.empty()),
        office.runs,
        new CompleteStep(
            "t1",
            run,
            step,
            1,
            Map.of(),
            Optional.of(new SealedRef(ref, "e".repeat(64), SEALED.length))));
  }

  private static String key(String run) {
    return Base64.getEncoder().encodeToString(run.getBytes(StandardCharsets.UTF_8));
  }

  private static StepCommand command(String run, String step) {
    var codec = new StepCommandCodec();
    return office
        .store
        .everything(c ->
            Sql.all(
                c,
                "SELECT payload FROM step_command WHERE run = ?",
                row -> codec.decode(row.getBytes(1)),
                run))
        .stream()
        .filter(command -> command.step().equals(step))
        .findFirst()
        .orElseThrow();
  }
}
