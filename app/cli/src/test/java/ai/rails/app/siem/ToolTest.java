package ai.rails.app.siem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  /// Where the tool itself looks for them: both topics, each in a group of the tenant's, over TLS
  /// under the given authority, with SCRAM.
  @ParameterizedTest
  @EnumSource
  void readsBothTopicsInItsGroupsOverTlsWithScram(Tool tool) {
    List<Source> sources =
        switch (tool) {
          case SPLUNK -> splunk();
          case ELASTIC -> elastic();
          case VECTOR -> vector();
          case SENTINEL -> sentinel();
        };

    assertThat(sources.stream().flatMap(source -> source.topics().stream()))
        .containsExactlyInAnyOrder("t.acme.ocsf.v1", "t.acme.checkpoints.v1");
    assertThat(sources)
        .allSatisfy(source -> {
          assertThat(source.group()).startsWith("siem.acme.soc-" + tool.word());
          assertThat(source.user()).isEqualTo("siem-acme-soc");
          assertThat(source.mechanism()).isEqualTo("SCRAM-SHA-512");
          assertThat(source.authority()).isEqualTo("/etc/airails/ca.pem");
          assertThat(source.tls()).isTrue();
        });
  }

  private record Source(
      List<String> topics,
      String group,
      String user,
      String mechanism,
      boolean tls,
      String authority) {}

  private static List<Source> splunk() {
    return map(yaml(Tool.SPLUNK), "receivers").values().stream()
        .map(each -> (Map<?, ?>) each)
        .map(receiver -> {
          Map<?, ?> sasl = map(map(receiver, "auth"), "sasl");
          Map<?, ?> tls = map(receiver, "tls");
          return new Source(
              List.of(text(map(receiver, "logs"), "topic")),
              text(receiver, "group_id"),
              text(sasl, "username"),
              text(sasl, "mechanism"),
              List.of("1.2", "1.3").contains(text(tls, "min_version"))
                  && !tls.containsKey("insecure"),
              text(tls, "ca_file"));
        })
        .toList();
  }

  private static List<Source> elastic() {
    return ((List<?>) Objects.requireNonNull(yaml(Tool.ELASTIC).get("filebeat.inputs")))
        .stream()
            .map(each -> (Map<?, ?>) each)
            .map(input -> {
              Map<?, ?> tls = map(input, "ssl");
              return new Source(
                  texts(input, "topics"),
                  text(input, "group_id"),
                  text(input, "username"),
                  text(input, "sasl.mechanism"),
                  text(tls, "enabled").equals("true") && !tls.containsKey("verification_mode"),
                  String.join(",", texts(tls, "certificate_authorities")));
            })
            .toList();
  }

  private static List<Source> vector() {
    Map<String, String> toml = new TreeMap<>();
    String table = "";
    for (String line : Tool.VECTOR.configuration(ACME).lines().toList()) {
      if (line.startsWith("[")) {
        table = line.substring(1, line.length() - 1) + ".";
      } else if (line.contains(" = ")) {
        int at = line.indexOf(" = ");
        toml.put(
            table + line.substring(0, at), line.substring(at + 3).replaceAll("[\"\\[\\]]", ""));
      }
    }
    return Stream.of("sources.airails_ocsf.", "sources.airails_checkpoints.")
        .map(source ->
            new Source(
                List.of(toml.getOrDefault(source + "topics", "")),
                toml.getOrDefault(source + "group_id", ""),
                toml.getOrDefault(source + "sasl.username", ""),
                toml.getOrDefault(source + "sasl.mechanism", ""),
                toml.getOrDefault(source + "tls.enabled", "").equals("true")
                    && !toml.containsKey(source + "tls.verify_certificate"),
                toml.getOrDefault(source + "tls.ca_file", "")))
        .toList();
  }

  private static List<Source> sentinel() {
    Map<String, String> kafka = new TreeMap<>();
    Tool.SENTINEL
        .configuration(ACME)
        .lines()
        .takeWhile(line -> !line.startsWith("output"))
        .filter(line -> line.contains(" => "))
        .forEach(line -> {
          int at = line.indexOf(" => ");
          kafka.put(line.substring(0, at).strip(), line.substring(at + 4).strip());
        });
    String login = kafka.getOrDefault("sasl_jaas_config", "");
    return List.of(
        new Source(
            List.of(bare(kafka, "topics").split(", ", -1)),
            bare(kafka, "group_id"),
            login.replaceAll(".*username=\"([^\"]*)\".*", "$1"),
            bare(kafka, "sasl_mechanism"),
            bare(kafka, "security_protocol").equals("SASL_SSL")
                && !kafka.containsKey("ssl_endpoint_identification_algorithm"),
            bare(kafka, "ssl_truststore_location")));
  }

  private static String bare(Map<String, String> values, String name) {
    return values.getOrDefault(name, "").replaceAll("[\"\\[\\]]", "");
  }

  private static String text(Map<?, ?> parent, String name) {
    return String.valueOf(parent.get(name));
  }

  private static List<String> texts(Map<?, ?> parent, String name) {
    return ((List<?>) Objects.requireNonNull(parent.get(name)))
        .stream().map(Object::toString).toList();
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
