package ai.rails.app.siem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class ToolTest {
  private static final Path GOLDEN = Path.of("src/test/resources/ai/rails/app/siem/golden");
  private static final Subscription ACME =
      new Subscription(
          "acme",
          "soc",
          "kafka-1.example.com:9094,kafka-2.example.com:9094",
          "/etc/airails/ca.pem");

  @ParameterizedTest
  @EnumSource
  void isAsItWas(Tool tool) throws IOException {
    assertThat(tool.configuration(ACME)).isEqualTo(Files.readString(GOLDEN.resolve(tool.file())));
  }

  @ParameterizedTest
  @EnumSource
  void namesBothTopicsAndAGroupOfTheTenantAndNoSecret(Tool tool) {
    String text = tool.configuration(ACME);

    assertThat(text)
        .contains("t.acme.ocsf.v1", "t.acme.checkpoints.v1", "siem.acme.soc-" + tool.word())
        .contains("siem-acme-soc", "/etc/airails/ca.pem", "SCRAM-SHA-512", "AIRAILS_SIEM_PASSWORD");
    assertThat(Pattern.compile("@[A-Z_]+@").matcher(text).find()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"SPLUNK", "ELASTIC"})
  void isYaml(Tool tool) {
    Object tree = new Load(LoadSettings.builder().build()).loadFromString(tool.configuration(ACME));

    assertThat(tree).isInstanceOf(Map.class);
  }

  @Test
  void connectsEveryPartOfSplunksPipelines() {
    Map<?, ?> root = yaml(Tool.SPLUNK);

    map(map(root, "service"), "pipelines")
        .values()
        .forEach(each ->
            ((Map<?, ?>) each)
                .forEach((kind, names) ->
                    assertThat(map(root, kind).keySet().stream().map(Object::toString))
                        .containsAll(((List<?>) names).stream().map(Object::toString).toList())));
  }

  @Test
  void speaksAProtocolThatKafkaFourTakes() {
    List<?> inputs = (List<?>) yaml(Tool.ELASTIC).get("filebeat.inputs");

    assertThat(inputs)
        .hasSize(2)
        .allSatisfy(input -> assertThat(((Map<?, ?>) input).get("version")).isEqualTo("2.1.0"));
  }

  /// Tables, and keys with one-line values: what the file uses of TOML.
  @Test
  void isToml() {
    Pattern table = Pattern.compile("\\[[A-Za-z0-9_.]+]");
    Pattern pair =
        Pattern.compile(
            "(\"[^\"]+\"|[A-Za-z0-9_.]+) = (\"[^\"\\\\]*\"|true|false|\\[(\"[^\"]*\"(, )?)*])");

    assertThat(Tool.VECTOR.configuration(ACME).lines())
        .filteredOn(line -> !line.isBlank() && !line.startsWith("#"))
        .allMatch(line -> table.matcher(line).matches() || pair.matcher(line).matches());
  }

  @Test
  void isLogstashsLanguage() {
    String text =
        Tool.SENTINEL
            .configuration(ACME)
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.replaceAll("\"[^\"]*\"|'[^']*'|\\$\\{[A-Z_]+}", "x"))
            .reduce("", (all, line) -> all + line + "\n");

    assertThat(text.chars().filter(c -> c == '{').count())
        .isEqualTo(text.chars().filter(c -> c == '}').count());
    assertThat(text).contains("input {", "output {", "kafka {");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a-b", "A", "", "x\"y", "with space", "a\nb"})
  void refusesANameThatIsNone(String name) {
    assertThatThrownBy(() -> new Subscription("acme", name, "h:1", "/ca.pem"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h", "h:1\n", "h:1;x", "\"h\":1", ""})
  void refusesBrokersThatAreNone(String bootstrap) {
    assertThatThrownBy(() -> new Subscription("acme", "soc", bootstrap, "/ca.pem"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<?, ?> yaml(Tool tool) {
    return (Map<?, ?>)
        new Load(LoadSettings.builder().build()).loadFromString(tool.configuration(ACME));
  }

  private static Map<?, ?> map(Map<?, ?> parent, Object name) {
    return (Map<?, ?>) Objects.requireNonNull(parent.get(name));
  }
}
