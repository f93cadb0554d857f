package ai.rails.app.bench.policy;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.bench.ProcessFigures;
import ai.rails.app.bench.policy.DecisionCell.Sidecar;
import ai.rails.app.bench.policy.DecisionFigures.Beside;
import ai.rails.app.bench.policy.DecisionFigures.Enforced;
import ai.rails.app.bench.policy.DecisionFigures.Memory;
import ai.rails.app.bench.policy.Pace.Took;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Actor;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;
import ai.rails.platform.opa.DecisionRequest;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The benchmark of decisions: how long they take beside bare loopback HTTP, how soon a change
/// holds, how fast history is replayed, and what OPA holds in memory.
public final class DecisionBench {
  private static final Duration WARMING = Duration.ofSeconds(3);
  private static final Duration ENFORCING = Duration.ofSeconds(30);
  private static final int WRITERS = 8;

  private final Path data;
  private final Map<String, String> environment;
  private final Plan plan;
  private final Consumer<String> progress;

  /// @param seconds of each of the four measured loads
  /// @param times that a change is made, each of publication and kill switch
  /// @param history decisions to be replayed
  public record Plan(
      int tenants,
      int mostTenants,
      int grants,
      int perSecond,
      int callers,
      int seconds,
      int times,
      int history,
      double loadBefore) {}

  /// @param data a new, empty directory for the servers
  public DecisionBench(
      Path data, Map<String, String> environment, Plan plan, Consumer<String> progress) {
    this.data = data;
    this.environment = Map.copyOf(environment);
    this.plan = plan;
    this.progress = progress;
  }

  public DecisionFigures measure() throws IOException {
    progress.accept(
        "starting PostgreSQL and OPA with %s tenants of %s grants"
            .formatted(plan.tenants(), plan.grants()));
    try (DecisionCell cell = DecisionCell.open(data, environment, plan.tenants(), plan.grants());
        HttpClient http = HttpClient.newHttpClient()) {
      Sidecar first = cell.start("opa");
      double megabytes = ProcessFigures.of(first.pid()).rssMegabytes();
      Loads loads = loads(cell, first);
      progress.accept("publishing and pausing, with a second sidecar");
      Sidecar second = cell.start("opa-2");
      Enforced publish = publish(cell);
      Enforced killSwitch = killSwitch(cell, http);
      cell.stop(second);
      progress.accept("recording and replaying %s decisions".formatted(plan.history()));
      record(cell);
      JsonNode report = simulate(cell, http);
      cell.stop(first);
      progress.accept("loading %s tenants".formatted(plan.mostTenants()));
      cell.fill(plan.mostTenants());
      double most = ProcessFigures.of(cell.start("opa-3").pid()).rssMegabytes();
      int processors = Runtime.getRuntime().availableProcessors();
      return new DecisionFigures(
          "policy",
          processors,
          plan.loadBefore(),
          plan.tenants(),
          plan.grants(),
          plan.perSecond(),
          loads.steady(),
          plan.callers(),
          loads.saturated(),
          loads.saturated().decision().perSecond() / processors,
          loads.perOpaCpuSecond(),
          loads.unanswered(),
          publish,
          killSwitch,
          report.path("decisions").asInt(),
          report.path("latency").path("decisionsPerSecond").asDouble(),
          report.path("baseline").path("reproduced").asInt(-1) == report.path("decisions").asInt(),
          new Memory(plan.tenants(), megabytes, cell.tenants(), most));
    }
  }

  private record Loads(Beside steady, Beside saturated, double perOpaCpuSecond, long unanswered) {}

  private Loads loads(DecisionCell cell, Sidecar sidecar) {
    AtomicLong unanswered = new AtomicLong();
    BooleanSupplier decide =
        () -> {
          Decision decision = sidecar.pep().decide(cell.question(ThreadLocalRandom.current()));
          if (decision.unavailable().isPresent()) {
            unanswered.incrementAndGet();
            return false;
          }
          if (decision.effect() != Effect.ALLOW) {
            throw new IllegalStateException("a granted call was answered " + decision.reasons());
          }
          return true;
        };
    byte[] body = body();
    Duration length = Duration.ofSeconds(plan.seconds());
    try (Echo echo = new Echo()) {
      BooleanSupplier ask =
          () -> {
            echo.ask(body);
            return true;
          };
      var _ = Pace.atOnce(plan.callers(), WARMING, decide);
      var _ = Pace.atOnce(plan.callers(), WARMING, ask);
      unanswered.set(0);
      progress.accept("%s questions a second".formatted(plan.perSecond()));
      Took echoed = Pace.steadily(plan.perSecond(), length, ask);
      Took decided = Pace.steadily(plan.perSecond(), length, decide);
      progress.accept("as many as there are answers, %s at once".formatted(plan.callers()));
      Took mostEchoed = Pace.atOnce(plan.callers(), length, ask);
      double before = ProcessFigures.of(sidecar.pid()).cpuSeconds();
      Took mostDecided = Pace.atOnce(plan.callers(), length, decide);
      double cpu = ProcessFigures.of(sidecar.pid()).cpuSeconds() - before;
      return new Loads(
          Beside.of(decided, echoed),
          Beside.of(mostDecided, mostEchoed),
          cpu <= 0 ? 0 : mostDecided.count() / cpu,
          unanswered.get());
    }
  }

  /// A question's length as it goes to OPA. What is echoed; at a whole second, whose nanoseconds
  /// are a number that JSON has.
  private static byte[] body() {
    DecisionRequest question = OneWrite.question(Instant.ofEpochSecond(1_800_000_000));
    return CanonicalJson.bytes(
        Map.of("input", question.input(), "request_id", "0".repeat(36), "sha256", "0".repeat(64)));
  }

  private Enforced publish(DecisionCell cell) {
    long[] nanos = new long[plan.times()];
    for (int i = 0; i < plan.times(); i++) {
      boolean granted = i % 2 == 1;
      cell.toggle(granted);
      long published = System.nanoTime();
      await(
          cell,
          "a publication",
          decision ->
              decision.unavailable().isEmpty() && (decision.effect() == Effect.ALLOW) == granted);
      nanos[i] = System.nanoTime() - published;
    }
    return enforced(cell, nanos);
  }

  private Enforced killSwitch(DecisionCell cell, HttpClient http) throws IOException {
    String pause = "/v1/policy/pauses/tool/toggled.act";
    cell.toggle(true);
    await(cell, "a publication", decision -> decision.effect() == Effect.ALLOW);
    long[] nanos = new long[plan.times()];
    for (int i = 0; i < plan.times(); i++) {
      JsonNode _ = call(http, cell, "PUT", pause, "{\"code\":\"bench\"}");
      long paused = System.nanoTime();
      await(cell, "a pause", decision -> decision.effect() == Effect.THROTTLE);
      nanos[i] = System.nanoTime() - paused;
      JsonNode _ = call(http, cell, "DELETE", pause, "");
      await(cell, "the end of a pause", decision -> decision.effect() == Effect.ALLOW);
    }
    return enforced(cell, nanos);
  }

  private static Enforced enforced(DecisionCell cell, long[] nanos) {
    return new Enforced(
        cell.sidecars().size(), nanos.length, Pace.median(nanos), Pace.longest(nanos));
  }

  /// Until every sidecar decides so. A decision by a bundle that the client has not yet seen in
  /// OPA's status is held back, so that the client's own poll is part of the time.
  private static void await(DecisionCell cell, String what, Predicate<Decision> so) {
    for (Sidecar each : cell.sidecars()) {
      if (!Wait.until(ENFORCING, () -> so.test(each.pep().decide(cell.toggled())))) {
        throw new Unavailable("%s has no effect after %s".formatted(what, ENFORCING));
      }
    }
  }

  /// Runs whose first call is decided, so that there is a history.
  private void record(DecisionCell cell) {
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int workspace = writer;
        writers.add(
            threads.submit(() -> {
              for (int i = 0; i < plan.history() / WRITERS; i++) {
                decided(cell, OneWrite.WORKSPACE + workspace);
              }
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    } catch (ExecutionException e) {
      throw new Unavailable("a decision could not be recorded: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }

  private static void decided(DecisionCell cell, String workspace) {
    String run = cell.ids().get().toString();
    RunPlace place =
        new RunPlace(
            OneWrite.TENANT,
            run,
            workspace,
            OneWrite.ENVIRONMENT,
            OneWrite.WORKFLOW.id(),
            OneWrite.ARTIFACT);
    var _ =
        cell.bus()
            .dispatch(
                place.context(
                    new Actor(Actor.Kind.USER, "requester"),
                    cell.ids().get().toString(),
                    Optional.empty()),
                cell.runs(),
                OneWrite.start(run));
    var _ =
        cell.bus()
            .dispatch(
                place.context(
                    new Actor(Actor.Kind.WORKER, "worker"),
                    cell.ids().get().toString(),
                    Optional.empty()),
                cell.runs(),
                new IntendCall(
                    OneWrite.TENANT,
                    run,
                    OneWrite.STEP,
                    1,
                    1,
                    OneWrite.call(run),
                    Money.zero("USD"),
                    "",
                    Optional.empty()));
  }

  private static JsonNode simulate(DecisionCell cell, HttpClient http) throws IOException {
    String data =
        "{\"auditors\":[],\"principals\":{},\"schema\":\"airails.tenant_data/1\",\"tools\":{}}";
    return call(http, cell, "POST", "/v1/policy/simulations", "{\"tenantData\":" + data + "}")
        .path("report");
  }

  private static JsonNode call(
      HttpClient http, DecisionCell cell, String method, String path, String body)
      throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(cell.api(path))
            .header("Authorization", "Bearer administrator")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", cell.ids().get().toString())
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() / 100 != 2) {
        throw new Unavailable(
            "%s %s was answered %s: %s"
                .formatted(method, path, answer.statusCode(), new String(answer.body(), UTF_8)));
      }
      return StrictJson.read(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }
}
