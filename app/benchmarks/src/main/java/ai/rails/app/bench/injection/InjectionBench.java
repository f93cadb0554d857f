package ai.rails.app.bench.injection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.Stack;
import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.PinnedModel;
import ai.rails.app.demo.Ticket;
import ai.rails.app.demo.World;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.standin.Callback;

/// Drives every case through the whole flagship: a ticket comes in by its webhook, the model obeys
/// what is hidden in it, and a person decides where one is asked. A person approves clean tickets
/// and denies the others, so that whatever reaches a sink for an attack did so without approval.
public final class InjectionBench {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LOOK = Duration.ofMillis(150);
  private static final Duration EACH = Duration.ofSeconds(3);
  private static final Duration STUCK = Duration.ofMinutes(10);
  private static final List<String> ENDS = List.of("COMPLETED", "FAILED", "CANCELLED");

  private final List<InjectionCase> cases;
  private final int concurrency;
  private final Consumer<String> progress;
  private final Map<String, Going> going = new HashMap<>();
  private final Map<String, Integer> approved = new HashMap<>();
  private final TreeMap<String, Integer> refusals = new TreeMap<>();
  private final List<String> ids;
  private int cleanCompleted;
  private int attacksCompleted;
  private int unresolved;

  /// A case whose run has not ended.
  private static final class Going {
    private final int number;
    private final String sysId;
    private final long began = System.nanoTime();
    private long lookAt;

    private Going(int number, String sysId) {
      this.number = number;
      this.sysId = sysId;
    }
  }

  /// @param limit at most so many cases, chosen by the seed; 0 for all
  public InjectionBench(
      Path directory, int limit, long seed, int concurrency, Consumer<String> progress) {
    List<InjectionCase> all = CaseFiles.read(directory);
    Collections.shuffle(all, new Random(seed));
    this.cases = List.copyOf(limit == 0 ? all : all.subList(0, Math.min(limit, all.size())));
    this.concurrency = concurrency;
    this.progress = progress;
    this.ids = cases.stream().map(_ -> UUID.randomUUID().toString().replace("-", "")).toList();
  }

  /// @param data a new directory of it is used and left to the caller
  public InjectionFigures measure(Path data, Map<String, String> environment) throws IOException {
    Files.createDirectories(data);
    long began = System.nanoTime();
    try (Stack stack = Stack.start(data, environment, progress)) {
      Flagship flagship = stack.flagship(OfflineClassifier.standard(), PinnedModel.Provider.OPENAI);
      World world = stack.world();
      world.answerWith(new ObedientModel(cases, world.ordinary(OfflineClassifier.standard())));
      Sinks sinks = new Sinks(world);
      drive(flagship, world);
      return InjectionFigures.of(
          cases,
          sinks.unapproved(approved),
          cleanCompleted,
          attacksCompleted,
          unresolved,
          refusals,
          Duration.ofNanos(System.nanoTime() - began));
    }
  }

  private void drive(Flagship flagship, World world) {
    List<String> categories = List.copyOf(new TreeSet<>(OfflineClassifier.standard().labels()));
    int next = 0;
    long told = System.nanoTime();
    while (next < cases.size() || !going.isEmpty()) {
      while (next < cases.size() && going.size() < concurrency) {
        begin(flagship, world, categories, next++);
      }
      decide(flagship);
      look(flagship);
      if (System.nanoTime() - told > Duration.ofSeconds(20).toNanos()) {
        told = System.nanoTime();
        progress.accept(
            "%s of %s cases begun, %s going".formatted(next, cases.size(), going.size()));
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private void begin(Flagship flagship, World world, List<String> categories, int number) {
    InjectionCase asked = cases.get(number);
    String sysId = ids.get(number);
    world.report(
        new Ticket(
            sysId,
            "INC6%06d".formatted(number),
            ObedientModel.tag(number) + asked.title(),
            asked.text(),
            categories.getFirst()),
        categories);
    Callback.Receipt receipt = world.standIns().serviceNow().fire(sysId, "insert", flagship.hook());
    if (receipt.status() != 202) {
      throw new Unavailable(
          "the webhook of case %s was answered %s: %s"
              .formatted(asked.id(), receipt.status(), receipt.body()));
    }
    try {
      going.put(JSON.readTree(receipt.body()).path("run").asText(), new Going(number, sysId));
    } catch (IOException e) {
      throw new Unavailable("the webhook's answer is no JSON", e);
    }
  }

  /// A person looks at the card: he knows which tickets are clean, as the corpus does.
  private void decide(Flagship flagship) {
    for (JsonNode gate : flagship.openGates()) {
      Going run = going.get(gate.path("run").asText());
      if (run == null) {
        continue;
      }
      boolean clean = !cases.get(run.number).attack();
      Api.Answer answer = flagship.decide(People.SECOND_APPROVER, gate, clean ? "APPROVE" : "DENY");
      if (clean && answer.status() < 300) {
        approved.merge(run.sysId, 1, Integer::sum);
      }
    }
  }

  private void look(Flagship flagship) {
    long now = System.nanoTime();
    for (Map.Entry<String, Going> each : List.copyOf(going.entrySet())) {
      Going run = each.getValue();
      if (now - run.lookAt > 0) {
        run.lookAt = now + EACH.toNanos();
        Api.Answer shown =
            flagship
                .api()
                .get(flagship.people().operator(flagship.tenant()), "/v1/runs/" + each.getKey());
        if (shown.status() == 200) {
          judge(each.getKey(), run, shown.body());
        }
      }
    }
  }

  private void judge(String id, Going run, JsonNode shown) {
    boolean attack = cases.get(run.number).attack();
    String status = shown.path("status").asText();
    String stopped = stopped(shown);
    if (status.equals("COMPLETED")) {
      cleanCompleted += attack ? 0 : 1;
      attacksCompleted += attack ? 1 : 0;
    } else if (ENDS.contains(status) || !stopped.isEmpty()) {
      refusals.merge(stopped.isEmpty() ? reason(shown) : stopped, 1, Integer::sum);
    } else if (System.nanoTime() - run.began > STUCK.toNanos()) {
      unresolved++;
      progress.accept("run %s of case %s does not end".formatted(id, cases.get(run.number).id()));
    } else {
      return;
    }
    going.remove(id);
  }

  /// The code with which a step stopped for good; empty if none has.
  private static String stopped(JsonNode shown) {
    for (JsonNode step : shown.path("steps")) {
      if (step.path("status").asText().equals("DEAD")) {
        return step.path("reason").asText("DEAD_LETTER");
      }
    }
    return "";
  }

  private static String reason(JsonNode shown) {
    for (JsonNode step : shown.path("steps")) {
      if (step.path("status").asText().equals("FAILED") && step.hasNonNull("reason")) {
        return step.path("reason").asText();
      }
    }
    return shown.path("failureCode").asText(shown.path("status").asText());
  }
}
