package ai.rails.app;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.Ticket;
import ai.rails.app.embedded.Wait;
import ai.rails.app.http.Api;
import ai.rails.app.verb.Exit;
import ai.rails.enclave.classifier.Model;
import ai.rails.enclave.classifier.OfflineClassifier;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// The verbs of policy, environments and projects against the whole stack.
@Tag("slow")
final class GovernanceVerbsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path data;
  private static Stack stack;
  private static Flagship flagship;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.put("AIRAILS_HOME", Checkout.root().toString());
    Checkout.requireOpa(environment);
    stack = Stack.start(data, environment, _ -> {});
    Model model = OfflineClassifier.standard();
    flagship = stack.flagship(model);
    List<String> categories = List.copyOf(new TreeSet<>(model.labels()));
    stack.world().report(ticket(), categories);
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void aDraftIsAskedBesideLiveTrafficAndEnforcesNothing(@TempDir Path directory) throws Exception {
    ObjectNode now = json("policy", "draft", "current").path("data").deepCopy();
    now.putObject("tools");
    Path file = Files.writeString(directory.resolve("data.json"), now.toString());
    String draft = json("policy", "draft", "new", "--file", file.toString()).path("draft").asText();

    rails(Exit.FAILED, "policy", "shadow", "start", "nothing");
    rails(Exit.FAILED, "policy", "shadow", "start", draft, "--hours", "169");
    rails(Exit.OK, "policy", "shadow", "start", draft, "--hours", "1");
    assertThat(out.toString()).contains(" for 1 h", "rails policy shadow show ");
    String shadow = out.toString().split(" ", -1)[1];
    String run = startRun();
    assertThat(Wait.until(PATIENCE, () -> run("approval", "show", run) == Exit.OK))
        .as("what is enforced lets the run come to its gate")
        .isTrue();

    assertThat(Wait.until(PATIENCE, () -> says("DENY", "policy", "shadow", "show", shadow)))
        .as(out.toString())
        .isTrue();
    assertThat(out.toString()).contains("OPEN", "ENFORCED", "WOULD BE", "servicenow", "ALLOW");
    JsonNode report = json("policy", "shadow", "show", shadow);
    assertThat(report.path("changed").asLong()).isPositive();
    assertThat(report.path("decisions").asLong())
        .isGreaterThanOrEqualTo(report.path("changed").asLong());

    rails(Exit.OK, "policy", "shadow", "end", shadow);
    assertThat(out.toString()).contains("DENY");
    rails(Exit.OK, "policy", "shadow", "show", shadow);
    assertThat(out.toString()).contains("ENDED");
    rails(Exit.FAILED, "policy", "shadow", "end", shadow);
    assertThat(err.toString()).contains("has ended");
    rails(Exit.FAILED, "policy", "shadow", "show", shadow, "--tenant", "elsewhere");
  }

  @Test
  void environmentsAreDeclaredAndWhatDemandsLessTakesTwo() throws Exception {
    rails(Exit.OK, "environment", "declare", "live", "--kind", "production");
    assertThat(out.toString()).contains("environment live is production");
    rails(Exit.OK, "environment", "declare", "uat", "--kind", "staging");
    assertThat(out.toString()).contains("proposed; another administrator says");
    rails(Exit.FAILED, "environment", "declare", "live", "--kind", "staging");
    assertThat(err.toString()).contains("stays so");
    assertThat(Wait.until(PATIENCE, () -> says("staging by p-admin", "environment", "list")))
        .isTrue();
    rails(Exit.OK, "environment", "declare", "uat", "--kind", "staging", "--as", "p-second:admin");
    assertThat(out.toString()).contains("environment uat is staging");

    assertThat(Wait.until(PATIENCE, () -> !says("PROPOSED ", "environment", "list"))).isTrue();
    assertThat(out.toString()).contains("live", "production", "needed", "uat", "staging");
    rails(Exit.FAILED, "workflow", "activate", "itsm-triage", "1.0.0", "--env", "live");
    assertThat(err.toString()).contains("rails workflow release itsm-triage 1.0.0 --env live");
  }

  @Test
  void aProjectHasAnOwnerAndACost() throws Exception {
    rails(
        Exit.OK,
        "project",
        "set",
        "service-desk",
        "--owner",
        "p-lead",
        "--workflows",
        "itsm-triage");
    rails(Exit.FAILED, "project", "set", "other", "--owner", "x", "--workflows", "itsm-triage");
    assertThat(err.toString()).contains("belongs to project service-desk");
    assertThat(Wait.until(PATIENCE, () -> says("service-desk", "project", "list"))).isTrue();
    assertThat(out.toString()).contains("p-lead", "itsm-triage");
    rails(Exit.OK, "project", "show", "service-desk");
    assertThat(out.toString()).contains("Project service-desk", "p-lead", "cost");

    rails(Exit.OK, "project", "remove", "service-desk");

    assertThat(Wait.until(PATIENCE, () -> !says("service-desk", "project", "list"))).isTrue();
    rails(Exit.FAILED, "project", "show", "service-desk");
  }

  /// The compiler takes the workflow, and the policy that is in effect does not.
  @Test
  void publishingAsksPolicyAndNamesThePlaces(@TempDir Path directory) throws Exception {
    String spare =
        "  spare: {connector: openai, version: 1.0.0, instance: openai-main, model: gpt-4.1}\n";
    String text = pack().replace("version: 1.0.0\n  title", "version: 1.0.9\n  title");
    String floating = text.replace("connectors:\n", "connectors:\n" + spare);
    Path file = Files.writeString(directory.resolve("floating.yaml"), floating);
    long line = floating.substring(0, floating.indexOf("  spare:")).lines().count() + 1;

    rails(Exit.FAILED, "workflow", "publish", file.toString());

    assertThat(err.toString())
        .contains(
            "%s:%d:".formatted(file, line), "policy finds model.floating at connectors.spare");
    rails(Exit.OK, "workflow", "list");
    assertThat(out.toString()).doesNotContain("1.0.9");

    Path odd =
        Files.writeString(
            directory.resolve("odd.yaml"), text.replace("timeout: PT30S", "timeout: PT45M"));
    rails(Exit.OK, "workflow", "publish", odd.toString());
    assertThat(err.toString()).contains("warning: policy finds timeout.long at steps.fetch");
    assertThat(out.toString()).contains("published itsm-triage 1.0.9");
  }

  private static String pack() throws Exception {
    try (InputStream pack =
        GovernanceVerbsTest.class.getResourceAsStream("/packs/itsm/itsm-triage.yaml")) {
      return new String(requireNonNull(pack).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String startRun() throws Exception {
    return json(
            "run",
            "start",
            "itsm-triage",
            "--trigger",
            "manual",
            "-i",
            "sys_id=" + ticket().sysId(),
            "-i",
            "number=" + ticket().number(),
            "-i",
            "sys_mod_count=0")
        .path("run")
        .asText();
  }

  private boolean says(String text, String... words) {
    return run(words) == Exit.OK && out.toString().contains(text);
  }

  private JsonNode json(String... words) throws Exception {
    String[] asked = Arrays.copyOf(words, words.length + 2);
    asked[words.length] = "-o";
    asked[words.length + 1] = "json";
    rails(Exit.OK, asked);
    return Api.JSON.readTree(out.toString());
  }

  private void rails(int exit, String... words) {
    assertThat(run(words)).as("%s: %s%s", List.of(words), out, err).isEqualTo(exit);
  }

  private int run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--data", data.toString()));
    if (!all.contains("--tenant")) {
      all.addAll(List.of("--tenant", flagship.tenant()));
    }
    all.addAll(List.of("--workspace", flagship.workspace()));
    return Main.commandLine(Map.of("NO_COLOR", "1"))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private static Ticket ticket() {
    return Ticket.synthetic(1, "60be".repeat(8)).tickets().getFirst();
  }
}
