package ai.rails.command.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.policy.PastDecisions.Log;
import ai.rails.command.policy.Simulation.Replayed;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.opa.ReplayOpa.Said;

/// What a candidate would have changed, as canonical JSON, whose digest is evidence. Amounts are
/// billionths of a currency unit, times microseconds.
///
/// @param decisions that were replayed
/// @param changed of them, how many would have had another effect
/// @param reproduced whether what decided then said the same again, every time
/// @param undefined to how many the candidate had no answer
/// @param contradictions errors that linting the candidate found
/// @param change what of a version must rise
record SimulationReport(
    long decisions,
    long changed,
    boolean reproduced,
    long undefined,
    long contradictions,
    PolicyVersion.Change change,
    Map<String, Object> json) {
  private static final int SAMPLES = 20;
  private static final String UNDEFINED = "UNDEFINED";

  byte[] bytes() {
    return CanonicalJson.bytes(json);
  }

  /// Whether the candidate may take effect as far as a replay can say.
  boolean sound() {
    return reproduced && undefined == 0 && contradictions == 0;
  }

  /// The same with what linting found.
  SimulationReport linted(List<Finding> findings) {
    Map<String, Object> all = new TreeMap<>(json);
    all.put("lint", findings.stream().map(Finding::json).toList());
    long errors = findings.stream().filter(Finding::isError).count();
    return new SimulationReport(decisions, changed, reproduced, undefined, errors, change, all);
  }

  /// What is odd about a candidate's data.
  ///
  /// @param severity `ERROR` or `WARNING`
  /// @param code for example `tier.too_few`
  /// @param at what it is about
  record Finding(String severity, String code, String at) {
    boolean isError() {
      return severity.equals("ERROR");
    }

    Map<String, Object> json() {
      return Map.of("severity", severity, "code", code, "at", at);
    }
  }

  String sha256() {
    return CanonicalJson.sha256(bytes());
  }

  static SimulationReport of(
      String tenant,
      Candidate candidate,
      Instant since,
      List<Log> logs,
      List<Replayed> replayed,
      int unanswered,
      long approvers,
      PolicyVersion inEffect,
      long nanos) {
    List<Replayed> differing = replayed.stream().filter(each -> !each.reproduced()).toList();
    long changed = replayed.stream().filter(each -> !before(each).equals(after(each))).count();
    long undefined = replayed.stream().filter(each -> each.candidate().isEmpty()).count();
    Map<String, Object> json = new TreeMap<>();
    json.put("schema", "airails.policy_simulation/1");
    json.put("tenant", tenant);
    json.put(
        "candidate",
        Map.of("bundle", candidate.bundle(), "contentSha256", candidate.contentSha256()));
    json.put("since", since.toString());
    json.put("complete", logs.stream().map(SimulationReport::log).toList());
    json.put("decisions", replayed.size());
    json.put("unanswered", unanswered);
    json.put("changed", changed);
    json.put("undefined", undefined);
    json.put(
        "baseline",
        Map.of(
            "reproduced",
            replayed.size() - differing.size(),
            "differing",
            differing.stream().limit(SAMPLES).map(SimulationReport::differs).toList()));
    PolicyVersion.Change change = semver(replayed);
    json.put("semver", change.name());
    json.put(
        "version",
        Map.of("inEffect", inEffect.toString(), "least", inEffect.next(change).toString()));
    json.put("matrix", matrix(tenant, replayed));
    json.put("samples", samples(replayed));
    json.put("approvals", approvals(replayed, approvers));
    json.put("cost", cost(replayed));
    json.put(
        "latency",
        Map.of(
            "baseline", latency(replayed, Replayed::again),
            "candidate", latency(replayed, Replayed::candidate),
            "decisionsPerSecond", nanos == 0 ? 0 : 2L * replayed.size() * 1_000_000_000L / nanos));
    return new SimulationReport(
        replayed.size(), changed, differing.isEmpty(), undefined, 0, change, json);
  }

  private static Map<String, Object> log(Log log) {
    return Map.of(
        "workspace", log.workspace(),
        "origin", log.origin(),
        "size", log.size(),
        "root", log.root(),
        "decisions", log.decisions());
  }

  /// A cell of the matrix.
  private record Cell(String tool, String action, String risk, String from, String to) {
    static Cell of(Replayed each) {
      JsonNode tool = each.input().path("tool");
      String entry = each.past().decision().entryPoint();
      return new Cell(
          tool.path("name").asText(entry),
          tool.path("action").asText(""),
          tool.path("risk_class").asText(""),
          before(each),
          after(each));
    }

    Map<String, Object> json(String tenant, long count) {
      Map<String, Object> json =
          new TreeMap<>(
              Map.of("tool", tool, "action", action, "risk", risk, "from", from, "to", to));
      json.put("tenant", tenant);
      json.put("count", count);
      return json;
    }

    String order() {
      return String.join(" ", tool, action, risk, from, to);
    }
  }

  private static List<Object> matrix(String tenant, List<Replayed> replayed) {
    Map<String, Cell> cells = new TreeMap<>();
    Map<String, Long> counts = new HashMap<>();
    for (Replayed each : replayed) {
      Cell cell = Cell.of(each);
      cells.put(cell.order(), cell);
      counts.merge(cell.order(), 1L, Long::sum);
    }
    List<Object> rows = new ArrayList<>();
    cells.forEach((order, cell) -> rows.add(cell.json(tenant, counts.getOrDefault(order, 0L))));
    return rows;
  }

  private static List<Object> samples(List<Replayed> replayed) {
    Map<String, Integer> taken = new HashMap<>();
    List<Object> samples = new ArrayList<>();
    for (Replayed each : replayed) {
      Cell cell = Cell.of(each);
      if (!cell.from().equals(cell.to()) && taken.merge(cell.order(), 1, Integer::sum) <= SAMPLES) {
        samples.add(
            Map.of(
                "decisionId", each.past().decision().decisionId(),
                "workspace", each.past().workspace(),
                "run", each.past().run(),
                "tool", cell.tool(),
                "action", cell.action(),
                "from", cell.from(),
                "to", cell.to(),
                "reasonsBefore", each.past().decision().reasons(),
                "reasonsAfter", each.candidate().map(Said::reasons).orElse(List.of())));
      }
    }
    return samples;
  }

  /// A call is asked about when it is proposed and again when it is intended; its approvals count
  /// once.
  private static Map<String, Object> approvals(List<Replayed> replayed, long approvers) {
    Map<String, Integer> before = new HashMap<>();
    Map<String, Integer> after = new HashMap<>();
    for (Replayed each : replayed) {
      String call =
          each.past().run() + "/" + each.input().path("tool").path("params_digest").asText("");
      before.merge(call, each.again().map(Said::quorum).orElse(0), Math::max);
      after.merge(call, each.candidate().map(Said::quorum).orElse(0), Math::max);
    }
    long added = 0;
    long saved = 0;
    for (String call : before.keySet()) {
      int more = after.getOrDefault(call, 0) - before.getOrDefault(call, 0);
      added += Math.max(0, more);
      saved += Math.max(0, -more);
    }
    long hours = Math.max(1, span(replayed).toHours());
    Map<String, Object> json = new TreeMap<>();
    json.put("before", before.values().stream().mapToLong(i -> i).sum());
    json.put("after", after.values().stream().mapToLong(i -> i).sum());
    json.put("added", added);
    json.put("saved", saved);
    json.put("approvers", approvers);
    json.put("hours", hours);
    json.put(
        "addedPerApproverHourMilli",
        approvers == 0 ? added * 1000 : added * 1000 / (approvers * hours));
    return json;
  }

  private static Duration span(List<Replayed> replayed) {
    Optional<Instant> first = replayed.stream().map(r -> r.past().at()).min(Instant::compareTo);
    Optional<Instant> last = replayed.stream().map(r -> r.past().at()).max(Instant::compareTo);
    return first.isPresent() && last.isPresent()
        ? Duration.between(first.get(), last.get())
        : Duration.ZERO;
  }

  /// What calls may cost that would no longer leave, or would leave now, by currency.
  private static Map<String, Object> cost(List<Replayed> replayed) {
    Map<String, Long> nanos = new TreeMap<>();
    for (Replayed each : replayed) {
      JsonNode budget = each.input().path("budget");
      long estimate = budget.path("estimate_nanos").asLong(0);
      int difference = (leaves(after(each)) ? 1 : 0) - (leaves(before(each)) ? 1 : 0);
      if (estimate != 0 && difference != 0) {
        nanos.merge(budget.path("currency").asText(), difference * estimate, Long::sum);
      }
    }
    return Map.of("differenceNanos", nanos);
  }

  /// PATCH changes no effect, MINOR only loosens, MAJOR stops what was allowed.
  private static PolicyVersion.Change semver(List<Replayed> replayed) {
    boolean tightened =
        replayed.stream().anyMatch(each -> leaves(before(each)) && !leaves(after(each)));
    boolean changed = replayed.stream().anyMatch(each -> !before(each).equals(after(each)));
    return tightened
        ? PolicyVersion.Change.MAJOR
        : changed ? PolicyVersion.Change.MINOR : PolicyVersion.Change.PATCH;
  }

  private static boolean leaves(String effect) {
    return effect.equals("ALLOW") || effect.equals("ROUTE");
  }

  private static Map<String, Object> latency(
      List<Replayed> replayed, Function<Replayed, Optional<Said>> said) {
    long[] micros =
        replayed.stream()
            .map(said)
            .flatMap(Optional::stream)
            .mapToLong(s -> s.nanos() / 1000)
            .toArray();
    Arrays.sort(micros);
    return Map.of("p50Micros", at(micros, 50), "p99Micros", at(micros, 99));
  }

  private static long at(long[] sorted, int percent) {
    return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) * percent / 100];
  }

  private static Map<String, Object> differs(Replayed each) {
    return Map.of(
        "decisionId", each.past().decision().decisionId(),
        "recorded", each.past().decision().effect().name(),
        "replayed", each.again().map(Said::effect).orElse(UNDEFINED));
  }

  private static String before(Replayed each) {
    return each.past().decision().effect().name();
  }

  private static String after(Replayed each) {
    return each.candidate().map(Said::effect).orElse(UNDEFINED);
  }
}
