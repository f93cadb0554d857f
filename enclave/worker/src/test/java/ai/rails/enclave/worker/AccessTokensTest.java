package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.release.Released;
import ai.rails.enclave.worker.CallPort.Granted;
import ai.rails.enclave.worker.CallPort.Refreshing;
import ai.rails.enclave.worker.CallPort.Turn;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;

import static java.util.Collections.synchronizedList;
import static org.assertj.core.api.Assertions.assertThat;

/// What a worker does with access tokens, over real mutual TLS and with real sealing.
class AccessTokensTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String INFO = Released.credentialOf(Triage.TENANT, Triage.TICKETS);

  @TempDir Path directory;
  private Bench bench;
  private final List<Object> seen = synchronizedList(new ArrayList<>());

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory);
    bench.start();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /// What a call does with its leave to ask.
  @FunctionalInterface
  private interface Doing {
    void with(Refreshing refreshing) throws InterruptedException;
  }

  private void call(Doing doing) {
    bench.world.reacts(order -> {
      doing.with(order.refreshing().orElseThrow());
      return World.success("{\"category\":\"network\",\"text\":\"t\"}");
    });
    bench.complete("fetch", Purpose.PERFORM);
  }

  private static Granted granted(String access, String refresh, Duration lives) {
    return new Granted(access, Optional.of(refresh), lives);
  }

  private static Turn.Ours ours(Turn turn) {
    return (Turn.Ours) turn;
  }

  private JsonNode opened(int index) {
    String sealed = bench.run.refreshes.kept.get(index).sealed().orElseThrow();
    return World.json(bench.keys.open(Triage.TICKETS, sealed, INFO));
  }

  private String sealed(String access, Instant until) {
    return bench.keys.seal(
        Triage.TICKETS,
        """
        {"token":"of-another","airails.access_token":"%s","airails.access_until":"%s"}\
        """
            .formatted(access, until)
            .getBytes(StandardCharsets.UTF_8),
        INFO);
  }

  @Test
  void whatIsGrantedIsStoredSealedAndServesTheNextCall() {
    call(refreshing -> {
      seen.add(refreshing.take());
      seen.add(refreshing.keep(granted("access-1", "rotated-1", HOUR)));
      seen.add(refreshing.take());
    });

    assertThat(ours((Turn) seen.getFirst()).credential())
        .containsEntry("token", "secret-of-sn-prod");
    assertThat(seen.subList(1, 3)).containsExactly(true, new Turn.Kept("access-1"));
    assertThat(opened(0).path("refresh_token").asText()).isEqualTo("rotated-1");
    assertThat(opened(0).path("token").asText()).isEqualTo("secret-of-sn-prod");
    assertThat(bench.run.refreshes.asked).hasSize(1);
    assertThat(bench.server.seen)
        .allSatisfy(request -> assertThat(request.body()).doesNotContain("access-1", "rotated-1"));
  }

  @Test
  void onlyMembersOfTheManifestGoToACall() {
    call(refreshing -> {
      Turn _ = refreshing.take();
      seen.add(refreshing.keep(granted("access-1", "rotated-1", HOUR)));
    });
    bench.world.reacts(order -> {
      seen.add(order.credential());
      return World.success("{}");
    });
    bench.complete("write", Purpose.PERFORM);

    assertThat(seen.getLast().toString())
        .contains("token", "refresh_token")
        .doesNotContain("airails", "access-1");
  }

  @Test
  void whileAnotherWorkerAsksItIsWaitedForWhatThatIsGiven() {
    bench.run.refreshes.another(2, sealed("access-of-another", Instant.now().plus(HOUR)));

    call(refreshing -> seen.add(refreshing.take()));

    assertThat(seen).containsExactly(new Turn.Kept("access-of-another"));
    assertThat(bench.run.refreshes.asked).hasSize(3);
    assertThat(bench.run.refreshes.asked.stream().map(AskRefresh::grant).distinct()).hasSize(1);
  }

  @Test
  void aTokenThatIsAboutToEndOrIsRefusedIsAskedForAgain() {
    call(refreshing -> {
      Turn _ = refreshing.take();
      seen.add(refreshing.keep(granted("access-1", "rotated-1", Duration.ZERO)));
      seen.add(refreshing.take());
      seen.add(refreshing.keep(granted("access-2", "rotated-2", HOUR)));
      refreshing.refused("access-2");
      seen.add(refreshing.take());
    });

    assertThat(ours((Turn) seen.get(1)).credential()).containsEntry("refresh_token", "rotated-1");
    assertThat(ours((Turn) seen.get(3)).credential()).containsEntry("refresh_token", "rotated-2");
  }

  @Test
  void aCredentialThatAPersonReplacedMeanwhileOvertakesWhatWasGranted() {
    call(refreshing -> {
      Turn _ = refreshing.take();
      bench.run.refreshes.replaced(sealed("access-of-person", Instant.now().plus(HOUR)));
      seen.add(refreshing.keep(granted("access-1", "rotated-1", HOUR)));
      seen.add(refreshing.take());
    });

    assertThat(seen).containsExactly(false, new Turn.Kept("access-of-person"));
  }

  @Test
  void whatCouldNotBeStoredIsStoredByTheNextCall() {
    bench.run.refreshes.refuses(1);

    call(refreshing -> {
      Turn _ = refreshing.take();
      seen.add(refreshing.keep(granted("access-1", "rotated-1", HOUR)));
      seen.add(refreshing.take());
    });

    assertThat(seen).containsExactly(true, new Turn.Kept("access-1"));
    assertThat(bench.run.refreshes.kept).hasSize(2);
    assertThat(opened(1)).isEqualTo(opened(0));
  }

  @Test
  void leaveThatCameToNothingIsGivenBack() {
    call(refreshing -> {
      Turn _ = refreshing.take();
      refreshing.giveBack();
    });

    assertThat(bench.run.refreshes.kept.getFirst().sealed()).isEmpty();
    assertThat(bench.run.refreshes.kept.getFirst().grant())
        .isEqualTo(bench.run.refreshes.asked.getFirst().grant());
  }

  @Test
  void whereNobodyCanSayWhoseTurnItIsNothingIsSentAndTheStepIsTriedAgain() {
    bench.run.refreshes.unknown = true;

    call(refreshing -> seen.add(refreshing.take()));

    assertThat(seen).containsExactly(new Turn.Not("REFRESH_REFUSED", true));
  }
}
