package ai.rails.app.connector;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Request;

import static org.assertj.core.api.Assertions.assertThat;

/// What all actions of [VendorCases] have in common: the exact requests, the mapped answer, the
/// evidence, and what becomes of a call whose request or answer is lost, by its class.
class VendorsTest {
  static final List<VendorCase> ALL = VendorCases.ALL;
  static final List<VendorCase> WRITES = VendorCases.WRITES;

  @TempDir private Path directory = Path.of(".");

  /// A new version or action has to come here.
  @Test
  void everyActionOfTheNewestVersionsIsRun() {
    Set<String> run =
        ALL.stream()
            .map(each -> "%s@%s".formatted(each.connector(), each.version()))
            .collect(Collectors.toSet());
    Set<String> names = ALL.stream().map(VendorCase::connector).collect(Collectors.toSet());

    Map<String, Connector> newest = new HashMap<>();
    Connectors.builtIn().all().stream()
        .filter(each -> names.contains(each.name()))
        .forEach(each -> newest.put(each.name(), each));

    assertThat(newest.values())
        .extracting(Connector::toString)
        .containsExactlyInAnyOrderElementsOf(run);
    assertThat(ALL.stream().map(VendorCase::toString))
        .containsExactlyInAnyOrderElementsOf(
            newest.values().stream()
                .flatMap(each -> each.actions().keySet().stream().map(name -> each + " " + name))
                .toList());
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void callIsWhatTheVendorTakesAndItsAnswerIsMapped(VendorCase which) throws Exception {
    try (VendorBench bench = new VendorBench(directory, which)) {
      Result result = bench.execute();

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(bench.received())
          .isEqualTo(which.received().stream().map(each -> each.replace('"', '\'')).toList());
      assertThat(result.output().orElseThrow().toString().replace(VendorCase.ID, "{id}"))
          .isEqualTo(Governed.json(which.output()).toString());
      assertThat(result.vendorRef().replace(VendorCase.ID, "{id}")).isEqualTo(which.vendorRef());
      assertThat(result.adopted()).isFalse();
      assertThat(bench.effects()).isEqualTo(which.isWrite() ? 1 : 0);
      assertThat(bench.standIn().journal().refusals()).isLessThanOrEqualTo(asked(which));
    }
  }

  /// A look that finds nothing is answered with 404 where it names the call's own id.
  private static long asked(VendorCase which) {
    return which.connector().equals("google-calendar") ? 1 : 0;
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void evidenceHoldsTheRequestAndTheAnswerAndNoSecret(VendorCase which) throws Exception {
    try (VendorBench bench = new VendorBench(directory, which)) {
      Result result = bench.execute();

      assertThat(result.evidence()).containsKey("response");
      assertThat(result.evidence().containsKey("request")).isEqualTo(which.isWrite());
      String kept = VendorBench.kept(result);
      assertThat(kept.contains(which.host())).isEqualTo(which.isWrite());
      assertThat(kept).doesNotContain("canary", "Bearer");
    }
  }

  @ParameterizedTest
  @FieldSource("WRITES")
  void lostAnswerIsRecoveredByTheActionsClass(VendorCase which) throws Exception {
    try (VendorBench bench = new VendorBench(directory, which)) {
      bench.standIn().faults().inject(1, effect(which), new Fault.LostAnswer());

      Result lost = bench.execute();
      int sent = bench.received().size();
      Result again = bench.recover();

      assertThat(lost.outcome()).as(lost.code()).isEqualTo(Outcome.AMBIGUOUS);
      switch (which.idempotencyClass()) {
        case K, U, Q -> {
          assertThat(again.outcome()).as(again.code()).isEqualTo(Outcome.SUCCESS);
          assertThat(again.output().orElseThrow().toString().replace(VendorCase.ID, "{id}"))
              .isEqualTo(Governed.json(which.output()).toString());
          assertThat(again.vendorRef().replace(VendorCase.ID, "{id}")).isEqualTo(which.vendorRef());
        }
        case N, M -> {
          assertThat(again.outcome()).isEqualTo(Outcome.AMBIGUOUS);
          assertThat(again.code()).isEqualTo("EFFECT_UNKNOWN");
          assertThat(bench.received()).hasSize(sent);
        }
      }
      // A PUT of the same value is made twice and is one effect.
      assertThat(bench.effects()).isEqualTo(which.action().equals("put") ? 2 : 1);
    }
  }

  @ParameterizedTest
  @FieldSource("WRITES")
  void lostRequestIsMadeAgainWhereThatIsSafe(VendorCase which) throws Exception {
    try (VendorBench bench = new VendorBench(directory, which)) {
      bench.standIn().faults().inject(1, effect(which), new Fault.LostRequest());

      Result lost = bench.execute();
      Result again = bench.recover();

      assertThat(lost.outcome()).as(lost.code()).isEqualTo(Outcome.AMBIGUOUS);
      switch (which.idempotencyClass()) {
        case K, U -> assertThat(again.outcome()).as(again.code()).isEqualTo(Outcome.SUCCESS);
        case Q -> assertThat(again.code()).isEqualTo("LOOKUP_INCONCLUSIVE");
        case N, M -> assertThat(again.code()).isEqualTo("EFFECT_UNKNOWN");
      }
      assertThat(bench.effects()).isEqualTo(again.outcome() == Outcome.SUCCESS ? 1 : 0);
    }
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void tooManyRequestsAreWaitedForAsTheVendorSays(VendorCase which) throws Exception {
    try (VendorBench bench = new VendorBench(directory, which)) {
      bench
          .standIn()
          .faults()
          .inject(1, effect(which), new Fault.RateLimited(Duration.ofSeconds(45)));

      Result busy = bench.execute();
      Result later = bench.execute();

      assertThat(busy.code()).isEqualTo("RATE_LIMITED");
      assertThat(busy.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(busy.retryable()).isTrue();
      assertThat(busy.retryAfterMillis().isPresent()).isEqualTo(which.waits());
      assertThat(busy.retryAfterMillis().orElse(45_000L)).isBetween(30_000L, 45_000L);
      assertThat(later.outcome()).as(later.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(bench.effects()).isEqualTo(which.isWrite() ? 1 : 0);
    }
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void failureOfTheVendorLeavesAWriteOpenAndAReadUndone(VendorCase which) throws Exception {
    try (VendorBench bench = new VendorBench(directory, which)) {
      bench.standIn().faults().inject(1, effect(which), new Fault.ServerError());

      Result broken = bench.execute();

      assertThat(broken.code()).isEqualTo("HTTP_500");
      assertThat(broken.outcome())
          .isEqualTo(which.isWrite() ? Outcome.AMBIGUOUS : Outcome.DEFINITE_FAILURE);
      assertThat(broken.retryable()).isTrue();
    }
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void foreignCredentialIsRefusedAndNothingIsDone(VendorCase which) throws Exception {
    Map<String, String> foreign = new HashMap<>(which.credential());
    foreign.replaceAll((name, value) -> value.startsWith("canary") ? "somebody-elses" : value);
    try (VendorBench bench = new VendorBench(directory, which)) {
      Result refused = bench.execute(which.call().with(foreign));

      assertThat(refused.code()).isEqualTo("CREDENTIAL_REFUSED");
      assertThat(refused.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(refused.retryable()).isFalse();
      assertThat(refused.output()).isEqualTo(Optional.empty());
      assertThat(bench.effects()).isZero();
    }
  }

  private static Predicate<Request> effect(VendorCase which) {
    return Faults.on(which.method(), "/").and(request -> !request.path().endsWith("/token"));
  }
}
