package ai.rails.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.rails.app.verb.Exit;

final class MainTest {
  @TempDir Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"upp", "up --no-such-option", "status -o xml", ""})
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

  private int rails(String... arguments) {
    CommandLine line = Main.commandLine(Map.of("NO_COLOR", "1"));
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
