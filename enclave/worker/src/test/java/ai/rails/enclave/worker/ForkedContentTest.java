package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.platform.keys.ContentKey;
import ai.rails.schema.worker.WorkerProtocol.Fail;
import ai.rails.schema.worker.WorkerProtocol.Inherited;

import static org.assertj.core.api.Assertions.assertThat;

/// Content that a fork took over: sealed by another run, opened with that run's key.
class ForkedContentTest {
  private static final String SOURCE = "run-of-origin";
  private static final String REF = "fetch/output/1";
  private static final String TICKET =
      "{\"category\":\"network\",\"text\":\"t\",\"complete\":true,\"known\":true}";

  @TempDir Path directory;
  private Bench bench;
  private ContentKey sourceKey;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory);
    sourceKey = ContentKey.generate();
    bench.run.outputs.put("fetch", REF);
    bench.run.disclosed.put("fetch", Map.of("category", "network"));
    bench.run.contents.put(REF, sealed(SOURCE));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void opensUnderTheKeyOfTheRunThatSealedIt() throws Exception {
    bench.run.inherited.add(new Inherited(SOURCE, wrapped(SOURCE), List.of(REF)));
    bench.start();

    bench.complete("check", Purpose.PERFORM);

    assertThat(bench.run.failures).isEmpty();
    assertThat(bench.open("check/output/1")).isNotEmpty();
  }

  @Test
  void doesNotOpenUnderAnotherRunsName() throws Exception {
    bench.run.inherited.add(new Inherited("run-of-nobody", wrapped(SOURCE), List.of(REF)));
    bench.start();

    bench.fail("check", Purpose.PERFORM);

    assertThat(bench.run.failures).extracting(Fail::code).containsOnly("CONTENT_NOT_OPENED");
  }

  @Test
  void doesNotOpenOnceTheSourceIsErased() throws Exception {
    bench.run.contents.remove(REF);
    bench.start();

    bench.fail("check", Purpose.PERFORM);

    assertThat(bench.run.failures).extracting(Fail::code).containsOnly("CONTENT_NOT_OPENED");
  }

  private String wrapped(String run) throws GeneralSecurityException {
    return Base64.getEncoder()
        .encodeToString(
            bench.keys.workflowKey.wrap(sourceKey, ContentKey.runKeyOf(Triage.TENANT, run)));
  }

  private String sealed(String run) throws GeneralSecurityException {
    return Base64.getEncoder()
        .encodeToString(
            sourceKey.seal(
                TICKET.getBytes(StandardCharsets.UTF_8),
                ContentKey.contentOf(Triage.TENANT, run, REF)));
  }
}
