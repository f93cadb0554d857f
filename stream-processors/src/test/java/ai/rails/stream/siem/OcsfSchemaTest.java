package ai.rails.stream.siem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.run.RunEvent.ModelInvoked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class OcsfSchemaTest {
  private static final OcsfSchema SCHEMA = OcsfSchema.bundled();

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("class_uid", e -> e.put("class_uid", 4)),
        fault("actor: it is required", e -> e.remove("actor")),
        fault("metadata: it is required", e -> e.remove("metadata")),
        fault("prompt_text: there is no such", e -> e.put("prompt_text", "hello")),
        fault("severity_id: 55 is none", e -> e.put("severity_id", 55)),
        fault("time: \"noon\" is no timestamp_t", e -> e.put("time", "noon")),
        fault("type_uid", e -> e.put("type_uid", 600_301)),
        fault("resources: it must be an array", e -> e.put("resources", "all")),
        fault("ai_model.name: it is required", e -> e.withObject("ai_model").remove("name")),
        fault("actor.: constraint at_least_one", e -> e.set("actor", e.objectNode())),
        fault(
            "dst_endpoint.port: 70000 is outside",
            e -> e.set("dst_endpoint", e.objectNode().put("uid", "x").put("port", 70_000))),
        fault("dst_endpoint.ip", e -> e.set("dst_endpoint", e.objectNode().put("ip", "1.2.3"))),
        fault("action_id", e -> e.put("action_id", 1)),
        fault("metadata.version", e -> e.withObject("metadata").put("version", "1.7.0")),
        fault(
            "no profile is called \"made-up\"",
            e -> e.withObject("metadata").withArray("profiles").add("made-up")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void namesWhatIsWrong(String problem, Consumer<ObjectNode> fault) {
    ObjectNode event = event();
    assertThat(SCHEMA.problems(event)).isEmpty();

    fault.accept(event);

    assertThat(SCHEMA.problems(event)).anyMatch(found -> found.contains(problem));
  }

  @Test
  void readsADirectoryOfCases(@TempDir Path directory) throws IOException {
    Path events = Files.createDirectories(directory.resolve("events/reject"));
    Files.writeString(directory.resolve("events/model.json"), event().toString());
    Files.writeString(directory.resolve("events/two.jsonl"), event() + "\n" + event() + "\n");
    ObjectNode wrong = event();
    wrong.remove("api");
    Files.writeString(events.resolve("no-api.json"), wrong.toString());
    Files.writeString(directory.resolve("events/cut.invalid.json"), "{\"class_uid\":");

    List<OcsfCases.Case> cases = OcsfCases.of(directory);

    assertThat(cases)
        .extracting(OcsfCases.Case::name)
        .containsExactly(
            "events/cut.invalid.json",
            "events/model.json",
            "events/reject/no-api.json",
            "events/two.jsonl:1",
            "events/two.jsonl:2");
    assertThat(cases).allMatch(each -> each.accept() == each.problems().isEmpty());
  }

  private static Arguments fault(String problem, Consumer<ObjectNode> fault) {
    return arguments(problem, fault);
  }

  private static ObjectNode event() {
    return new OcsfMapping(FeedVersion.of("0.1.0"))
        .of(Samples.plain(1).entry(ModelInvoked.class, 1), Memory.NONE)
        .getFirst()
        .event();
  }
}
