package ai.rails.standin.openai;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import ai.rails.standin.Json;
import ai.rails.standin.model.Answer;
import ai.rails.standin.model.Outcome;
import ai.rails.standin.model.Prompt;

import static org.assertj.core.api.Assertions.assertThat;

/// OpenAI's own description of its API has the last word on what an answer must hold and what a
/// request may hold.
class OpenAiSpecTest {
  private static final Prompt PROMPT =
      new Prompt("openai", "m", "", "x", MissingNode.getInstance());
  private static final Answer ANSWER = new Answer("y", Outcome.COMPLETE, 1);

  @Test
  void answersWithEveryRequiredMember() throws IOException {
    JsonNode schemas = schemas();
    assertHolds(
        ChatCompletions.body("chatcmpl-1", 1, PROMPT, ANSWER, ChatCompletions.usage(1, 0, 1)),
        schemas,
        "CreateChatCompletionResponse");
    assertHolds(ChatCompletions.usage(1, 0, 1), schemas, "CompletionUsage");
    assertHolds(
        ResponsesForm.body("resp_1", 1, PROMPT, ANSWER, ResponsesForm.usage(1, 0, 1)),
        schemas,
        "Response");
    assertHolds(ResponsesForm.usage(1, 0, 1), schemas, "ResponseUsage");
  }

  @Test
  void knowsEveryRequestMember() throws IOException {
    JsonNode chat = schemas().path("CreateChatCompletionRequest");
    for (JsonNode part : chat.path("allOf")) {
      part.path("properties")
          .fieldNames()
          .forEachRemaining(name -> assertThat(ChatCompletions.PARAMETERS).contains(name));
    }
  }

  private static void assertHolds(ObjectNode body, JsonNode schemas, String name) {
    JsonNode schema = schemas.path(name);
    schema
        .path("required")
        .forEach(member ->
            assertThat(body.has(member.asText())).as(name + "." + member.asText()).isTrue());
    for (JsonNode part : schema.path("allOf")) {
      part.path("required")
          .forEach(member ->
              assertThat(body.has(member.asText())).as(name + "." + member.asText()).isTrue());
    }
  }

  private static JsonNode schemas() throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path file = folder.resolve("shared/data/specs/openai_openapi.json");
      if (Files.exists(file)) {
        return Json.parse(Files.readString(file)).path("components").path("schemas");
      }
    }
    return Assumptions.abort(
        "skipped: no folder ../shared with data/specs/openai_openapi.json beside the project");
  }
}
