package ai.rails.command.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.command.http.Office;
import ai.rails.domain.run.Run;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.StepCommand;
import ai.rails.schema.StepCommandCodec;
import ai.rails.schema.worker.WorkerProtocol.Claimed;

/// Runs about people, in tenants `t1` and `t2`: each has a sealed note, a run key of its own and
/// three sealed outputs, which a worker made by its protocol.
public final class PersonRuns implements AutoCloseable {
  public static final String WORKFLOW = "case";
  private static final List<String> STEPS = List.of("gather", "weigh", "judge");
  private static final String VERSIONS = "/v1/workspaces/w1/workflows?activate=dev";

  public final Office office;
  private final String digest;
  private final byte[] ingestKey;
  private final TestWorker worker;

  public PersonRuns(Path data) throws Exception {
    this.office = new Office(data).furnished("t1").furnished("t2");
    JsonNode published =
        Office.json(office.text("t1", "dana", "person case 1.0.0", VERSIONS, Role.BUILDER));
    this.digest = published.path("artifactDigest").asText();
    this.ingestKey = Base64.getDecoder().decode(published.path("ingestPublicKey").asText());
    this.worker = new TestWorker(api(), new WorkerIdentity("t1", "worker-1", digest, "dev"));
  }

  private WorkerApi api() throws GeneralSecurityException {
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

  /// A run that has begun.
  public String started(String person) throws Exception {
    byte[] sealed =
        HpkeKeyPair.seal(
            ingestKey,
            "\"about %s\"".formatted(person).getBytes(StandardCharsets.UTF_8),
            "airails|1|input|t1|%s|note".formatted(digest));
    var answer =
        office.post(
            "t1",
            "rita",
            "/v1/runs",
            """
            {"workflow": "case", "environment": "dev", "inputs": {"person": "%s"},
             "sealedInputs": {"note": "%s"}}\
            """
                .formatted(person, Base64.getEncoder().encodeToString(sealed)),
            Role.OPERATOR);
    Office.expect(202, answer);
    return Office.json(answer).path("run").asText();
  }

  /// A run whose worker has done all it had to do.
  public String ended(String person) throws Exception {
    return end(started(person));
  }

  /// Lets the worker do what is left of a run.
  public String end(String run) {
    for (String step : STEPS) {
      if (office.bus.load("t1", office.runs, run).step(step).filter(PersonRuns::open).isPresent()) {
        Claimed claimed = claim(run, step);
        if (claimed.wrappedRunKey().isEmpty()) {
          worker.runKey(claimed, "wrapped key of " + run);
        }
        worker.complete(claimed, Map.of(), "%s of %s".formatted(step, run));
      }
    }
    return run;
  }

  private static boolean open(Run.StepState step) {
    return step.status() == Run.StepStatus.SCHEDULED;
  }

  public Claimed claim(String run, String step) {
    return worker.claim(command(run, step));
  }

  /// A fork whose first step is `step`; without it, from the beginning.
  public String fork(String run, String step) throws Exception {
    String body = step.isEmpty() ? "{}" : "{\"step\": \"%s\"}".formatted(step);
    var answer = office.post("t1", "rita", "/v1/runs/" + run + "/fork", body, Role.OPERATOR);
    Office.expect(202, answer);
    return Office.json(answer).path("run").asText();
  }

  private StepCommand command(String run, String step) {
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

  @Override
  public void close() {
    office.close();
  }
}
