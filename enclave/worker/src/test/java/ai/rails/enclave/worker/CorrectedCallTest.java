package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.TextNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.release.Released;
import ai.rails.platform.keys.CallCorrection;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Correction;

import static org.assertj.core.api.Assertions.assertThat;

/// A person's correction in a real worker: rendered byte for byte as he made it, or not at all.
class CorrectedCallTest {
  private static final String REF = "approve/correction/1";
  private static final byte[] SALT = new byte[32];

  @TempDir private Path directory;
  private Bench bench;
  private Call first;
  private byte[] frozen = new byte[0];

  @BeforeEach
  void atGate() throws Exception {
    bench = new Bench(directory);
    bench.world.reacts(order ->
        World.success(
            "{\"category\":\"network\",\"text\":\"cable\",\"complete\":true,\"known\":true}"));
    bench.start();
    bench.complete("fetch", Purpose.PERFORM);
    bench.send("approve", 1, Purpose.PROPOSE);
    Eventually.holds("approval is asked for", () -> !bench.run.proposals.isEmpty());
    first = bench.run.proposals.getFirst().call();
    frozen = bench.open(first.frozenRef()).getBytes(StandardCharsets.UTF_8);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static CallCorrection note(String parameter, String value) {
    return CallCorrection.of(SALT, Map.of(parameter, TextNode.valueOf(value)));
  }

  /// What the control plane says and holds of a correction, honest or not.
  private void corrects(
      CallCorrection made, String gate, String digest, List<String> fields, String frozenRef) {
    String info = CallCorrection.info(Triage.TENANT, RunDesk.RUN, gate, first.callDigest(), digest);
    bench.run.contents.put(REF, bench.keys.seal(Released.RELEASE_KEY, made.bytes(), info));
    bench.run.correction =
        Optional.of(new Correction("approve", first.callDigest(), digest, frozenRef, REF, fields));
    bench.run.group = 2;
  }

  private String digest(CallCorrection made) {
    return CallCorrection.digest(made.appliedTo(frozen));
  }

  @Test
  void theCorrectedCallIsProposedAndIsWhatRuns() throws Exception {
    CallCorrection made = note("note", "say it kindly");
    corrects(made, "approve", digest(made), List.of("note"), first.frozenRef());

    bench.send("approve", 2, Purpose.PROPOSE);
    Eventually.holds("approval is asked for again", () -> bench.run.proposals.size() == 2);
    bench.run.correction = Optional.empty();
    bench.complete("write", Purpose.PERFORM);

    Call second = bench.run.proposals.getLast().call();
    assertThat(second.callDigest()).isEqualTo(digest(made)).isNotEqualTo(first.callDigest());
    assertThat(second.callId()).isNotEqualTo(first.callId());
    assertThat(bench.world.effects.getLast().call().digest()).isEqualTo(second.callDigest());
    assertThat(bench.world.effects.getLast().call().params().path("note").asText())
        .isEqualTo("say it kindly");
    assertThat(bench.world.effects.getLast().call().params().path("number").asText())
        .as("what was not corrected")
        .isEqualTo("INC0010001");
  }

  @Test
  void whatIsNotExactlyTheCorrectionIsRefused() throws Exception {
    CallCorrection made = note("note", "say it kindly");
    String digest = digest(made);
    String ref = first.frozenRef();
    List<Runnable> attacks =
        List.of(
            () -> corrects(made, "approve", "sha256:" + "0".repeat(64), List.of("note"), ref),
            () -> corrects(made, "other", digest, List.of("note"), ref),
            () -> corrects(made, "approve", digest, List.of("number"), ref),
            () -> corrects(made, "approve", digest, List.of("note", "number"), ref),
            () -> corrects(made, "approve", digest, List.of("note"), "fetch/call/1"),
            () -> {
              CallCorrection foreign = note("impact", "1");
              corrects(foreign, "approve", digest, List.of("impact"), ref);
            },
            () -> {
              corrects(made, "approve", digest, List.of("note"), ref);
              bench.run.contents.put(REF, "bm90IHNlYWxlZA==");
            });

    for (int i = 0; i < attacks.size(); i++) {
      attacks.get(i).run();
      int before = bench.run.failures.size();
      bench.send("approve", i + 2, Purpose.PROPOSE);
      Eventually.holds("refused", () -> bench.run.failures.size() > before);
    }

    assertThat(bench.run.proposals).hasSize(1);
    assertThat(bench.run.failures)
        .allSatisfy(failure -> assertThat(failure.retryable()).isFalse())
        .extracting(failure -> failure.code())
        .containsOnly("FROZEN_CALL_DIFFERS", "CORRECTION_REFUSED");
    assertThat(Stream.of(bench.run.failures.toString())).noneMatch(text -> text.contains("kindly"));
  }
}
