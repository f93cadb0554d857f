package ai.rails.app;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import ai.rails.app.verb.Exit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

final class MainTest {
  @TempDir Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upp",
        "up --no-such-option",
        "status -o xml",
        "",
        "run",
        "run show",
        "run list --limit none",
        "approval",
        "approval approve",
        "workflow lint",
        "workflow lint no-such-file.yaml",
        "run list --server http://127.0.0.1:1",
        "run list --as x --token-file y"
      })
  void aUsageErrorExitsWithTwoAndSaysWhere(String line) {
    int exit = rails(line.isEmpty() ? new String[0] : line.split(" ", -1));

    assertThat(exit).isEqualTo(Exit.USAGE);
    assertThat(err.toString()).startsWith("rails: ").contains("--help").doesNotContain("\tat ");
  }

  @Test
  void theStatusOfNothingIsUnavailable() {
    assertThat(rails("status", "--data", data.toString())).isEqualTo(Exit.UNAVAILABLE);
    assertThat(err.toString()).hasLineCount(1).contains("rails up");
  }

  @Test
  void debugShowsTheStackTrace() {
    rails("status", "--debug", "--data", data.toString());

    assertThat(err.toString()).contains("\tat ");
  }

  @Test
  void downWithoutALauncherIsNoError() {
    assertThat(rails("down", "--data", data.toString())).isEqualTo(Exit.OK);
  }

  @Test
  void theVersionNamesItself() {
    assertThat(rails("version")).isEqualTo(Exit.OK);
    assertThat(out.toString()).startsWith("rails ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run list", "approval list", "cost show", "workflow list", "tenant show"})
  void withoutAnInstallationVerbsAreUnavailableAndSayWhatToDo(String line) {
    int exit = rails((line + " --data " + data).split(" ", -1));

    assertThat(exit).isEqualTo(Exit.UNAVAILABLE);
    assertThat(err.toString()).hasLineCount(1).contains("rails demo");
  }

  @Test
  void serverThatIsDownIsNamedInOneLine() throws Exception {
    Path token = Files.writeString(data.resolve("token"), "t");

    int exit =
        rails("run", "list", "--server", "http://127.0.0.1:1", "--token-file", token.toString());

    assertThat(exit).isEqualTo(Exit.UNAVAILABLE);
    assertThat(err.toString()).hasLineCount(1).contains("http://127.0.0.1:1", "rails up");
  }

  @Test
  void lintNamesEachFaultWithItsPlace() throws Exception {
    Path file = data.resolve("w.yaml");
    Files.writeString(file, "apiVersion: airails.dev/v1\nkind: Flow\n");

    assertThat(rails("workflow", "lint", file.toString())).isEqualTo(Exit.FAILED);
    assertThat(out.toString()).contains(file + ":2:7: ");
    assertThat(rails("workflow", "lint", file.toString(), "-o", "json")).isEqualTo(Exit.FAILED);
  }

  @Test
  void lintIsContentWithTheFlagship() throws Exception {
    Path file = data.resolve("itsm-triage.yaml");
    try (InputStream pack = MainTest.class.getResourceAsStream("/packs/itsm/itsm-triage.yaml")) {
      Files.write(file, requireNonNull(pack).readAllBytes());
    }

    assertThat(rails("workflow", "lint", file.toString())).isEqualTo(Exit.OK);
    assertThat(out.toString()).contains("itsm-triage 1.0.0 compiles, 6 steps");
    assertThat(err.toString()).doesNotContain("is not linted").doesNotContain("ERROR");
  }

  @Test
  void policyDataIsLintedWithoutAServer() throws Exception {
    Path file = data.resolve("data.json");
    Files.writeString(
        file,
        """
        {"tools": {"pay": {"actions": {"send": {"enabled": true, "environments": ["dev"],
          "workflow_digests": [], "params": {"amount": {"kind": "range", "min": 2, "max": 1}}}}}}}\
        """);

    assertThat(rails("policy", "lint", "--data", file.toString())).isEqualTo(Exit.FAILED);
    assertThat(out.toString())
        .contains("ERROR limit.empty: pay.send amount", "WARNING grant.nothing: pay.send");
  }

  @Test
  void connectorsOfThisBuildNeedNoServer() throws Exception {
    assertThat(rails("connector", "list")).isEqualTo(Exit.OK);
    assertThat(out.toString()).contains("servicenow", "slack");
    assertThat(rails("connector", "show", "servicenow")).isEqualTo(Exit.OK);
    assertThat(out.toString()).contains("update-incident", "WRITE", "R2");
    assertThat(rails("connector", "show", "nothing")).isEqualTo(Exit.FAILED);
    Path file = Files.writeString(data.resolve("c.json"), "{}");
    assertThat(rails("connector", "lint", file.toString())).isEqualTo(Exit.FAILED);
    assertThat(out.toString()).contains(file.toString());
  }

  @Test
  void completionKnowsTheVerbs() {
    assertThat(rails("completion")).isEqualTo(Exit.OK);
    assertThat(out.toString()).contains("approval", "withdraw", "--digest");
  }

  private int rails(String... arguments) {
    CommandLine line = Main.commandLine(Map.of("NO_COLOR", "1"));
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
