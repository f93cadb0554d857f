package ai.rails.app.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails policy simulate`: what a candidate would have said of everything that was decided.
@Command(
    name = "simulate",
    description = "Replay recorded decisions with a candidate policy, before it takes effect.",
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "PATH",
      description = "A directory with Rego and data, or a JSON file with the tenant's policy data.")
  private Path bundle = Path.of("");

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only decisions since then, for example 2026-11-01T00:00:00Z.")
  private @Nullable String since;

  @Option(
      names = "--as-version",
      paramLabel = "VERSION",
      description = "Fails unless the replay permits the candidate to be this version (SemVer).")
  private @Nullable String version;

  @Override
  public Integer call() {
    Client client = caller.as(Persona.ADMIN);
    Map<String, Object> body = new TreeMap<>(PolicyFiles.read(bundle));
    Optional.ofNullable(since).ifPresent(time -> body.put("since", time));
    return simulate(caller, client, body, Optional.ofNullable(version));
  }

  /// Simulates a candidate and shows the report.
  static int simulate(Caller caller, Client client, Map<String, Object> body) {
    return simulate(caller, client, body, Optional.empty());
  }

  private static int simulate(
      Caller caller, Client client, Map<String, Object> body, Optional<String> version) {
    JsonNode answer = client.post("/v1/policy/simulations", body, Optional.empty());
    caller.show(answer, all -> text(caller, all));
    JsonNode report = answer.path("report");
    boolean reproduced =
        report.path("baseline").path("reproduced").asLong() == report.path("decisions").asLong();
    boolean called =
        version
            .map(given -> permits(report.path("version").path("least").asText("0.0.0"), given))
            .orElse(true);
    boolean sound =
        report
            .path("lint")
            .valueStream()
            .noneMatch(each -> each.path("severity").asText().equals("ERROR"));
    return reproduced && report.path("undefined").asLong() == 0 && called && sound
        ? Exit.OK
        : Exit.FAILED;
  }

  private static boolean permits(String least, String given) {
    return given.matches("\\d{1,6}\\.\\d{1,6}\\.\\d{1,6}")
        && Arrays.compare(parts(least), parts(given)) <= 0;
  }

  private static int[] parts(String version) {
    return Arrays.stream(version.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
  }

  private static String text(Caller caller, JsonNode answer) {
    JsonNode report = answer.path("report");
    Table matrix = Table.of("TOOL", "ACTION", "RISK", "THEN", "WOULD BE", "DECISIONS");
    for (JsonNode cell : report.path("matrix")) {
      matrix.row(
          cell.path("tool").asText(),
          cell.path("action").asText(),
          cell.path("risk").asText(),
          cell.path("from").asText(),
          cell.path("to").asText(),
          cell.path("count").asText());
    }
    Table logs = Table.of("WORKSPACE", "ENTRIES", "DECISIONS", "ROOT");
    for (JsonNode log : report.path("complete")) {
      logs.row(
          log.path("workspace").asText(),
          log.path("size").asText(),
          log.path("decisions").asText(),
          log.path("root").asText());
    }
    return facts(answer, report)
        + lint(caller, report)
        + "\n"
        + matrix.text(caller.palette())
        + "\n"
        + logs.text(caller.palette());
  }

  /// What is odd about the candidate's data.
  private static String lint(Caller caller, JsonNode report) {
    Table findings = Table.of("LINT", "CODE", "AT");
    for (JsonNode each : report.path("lint")) {
      findings.row(
          each.path("severity").asText(), each.path("code").asText(), each.path("at").asText());
    }
    return report.path("lint").isEmpty() ? "" : "\n" + findings.text(caller.palette());
  }

  private static String facts(JsonNode answer, JsonNode report) {
    JsonNode approvals = report.path("approvals");
    JsonNode latency = report.path("latency");
    return new Facts()
        .add("simulation", answer.path("simulation").asText())
        .add("report", "sha256 " + answer.path("reportSha256").asText())
        .add(
            "replayed",
            "%s decisions; %s say the same again with what decided then"
                .formatted(
                    report.path("decisions").asText(),
                    report.path("baseline").path("reproduced").asText()))
        .add(
            "changed",
            "%s; %s undefined"
                .formatted(report.path("changed").asText(), report.path("undefined").asText()))
        .add(
            "version",
            "%s: after %s at least %s"
                .formatted(
                    report.path("semver").asText(),
                    report.path("version").path("inEffect").asText(),
                    report.path("version").path("least").asText()))
        .add(
            "approvals",
            "%s more, %s fewer; %s approvers over %s h"
                .formatted(
                    approvals.path("added").asText(),
                    approvals.path("saved").asText(),
                    approvals.path("approvers").asText(),
                    approvals.path("hours").asText()))
        .add("cost", cost(report.path("cost").path("differenceNanos")))
        .add(
            "latency",
            "p50 %s -> %s us, p99 %s -> %s us"
                .formatted(
                    latency.path("baseline").path("p50Micros").asText(),
                    latency.path("candidate").path("p50Micros").asText(),
                    latency.path("baseline").path("p99Micros").asText(),
                    latency.path("candidate").path("p99Micros").asText()))
        .text();
  }

  /// What the calls may cost that the candidate lets leave, less what it holds back, by currency.
  private static String cost(JsonNode differences) {
    List<String> texts = new ArrayList<>();
    differences.forEachEntry((currency, nanos) -> texts.add(Amounts.of(currency, nanos.asLong())));
    return texts.isEmpty() ? "no difference" : String.join(", ", texts);
  }
}
