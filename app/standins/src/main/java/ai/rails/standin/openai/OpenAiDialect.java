package ai.rails.standin.openai;

import java.time.InstantSource;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.model.Answer;
import ai.rails.standin.model.CallRecord;
import ai.rails.standin.model.ModelServer;
import ai.rails.standin.model.Prompt;
import ai.rails.standin.model.PromptCache;
import ai.rails.standin.model.Tokens;

/// Chat Completions and Responses behind any front: OpenAI's own, and Azure's.
public final class OpenAiDialect {
  private static final int MESSAGE_OVERHEAD = 7;

  private final String vendor;
  private final ModelServer server;
  private final PromptCache cache = new PromptCache();

  public OpenAiDialect(String vendor, ModelServer server) {
    this.vendor = vendor;
    this.server = server;
  }

  /// The JSON body of a request; throws [ApiError] when there is none.
  public static ObjectNode body(Request request) {
    if (!request.mediaType().equals("application/json")) {
      throw ApiError.invalid(
          "",
          "unsupported_content_type",
          "Unsupported content type: '"
              + request.mediaType()
              + "'. This API method only accepts 'application/json' requests.");
    }
    try {
      return Json.parseObject(request.body());
    } catch (MalformedRequest e) {
      throw ApiError.invalid(
          "", "", "We could not parse the JSON body of your request. (" + e.getMessage() + ")");
    }
  }

  /// The name that answers carry for the model that a body asks for; throws [ApiError] when there
  /// is no such model.
  public String served(ObjectNode body) {
    String model = body.path("model").asText();
    if (model.isEmpty()) {
      throw ApiError.invalid("", "", "you must provide a model parameter");
    }
    String served = server.models().get(model);
    if (served == null) {
      throw ApiError.of(
          404,
          "invalid_request_error",
          "model_not_found",
          "The model `" + model + "` does not exist or you do not have access to it.");
    }
    return served;
  }

  public Response chat(ObjectNode body) {
    Prompt prompt = ChatCompletions.prompt(vendor, served(body), body);
    Answer answer = server.answers().answer(prompt, ChatCompletions.mostTokens(body));
    ObjectNode usage =
        ChatCompletions.usage(
            input(prompt), cache.cachedTokens(prompt.text()), answer.outputTokens());
    String id = "chatcmpl-" + ids().alphanumeric(29);
    journal().effect(CallRecord.EFFECT, CallRecord.of(id, prompt, answer, usage));
    return Response.json(
        200, ChatCompletions.body(id, clock().instant().getEpochSecond(), prompt, answer, usage));
  }

  public Response responses(ObjectNode body) {
    Prompt prompt = ResponsesForm.prompt(vendor, served(body), body);
    Answer answer = server.answers().answer(prompt, ResponsesForm.mostTokens(body));
    ObjectNode usage =
        ResponsesForm.usage(
            input(prompt), cache.cachedTokens(prompt.text()), answer.outputTokens());
    String id = "resp_" + ids().hex(48);
    journal().effect(CallRecord.EFFECT, CallRecord.of(id, prompt, answer, usage));
    return Response.json(
        200, ResponsesForm.body(id, clock().instant().getEpochSecond(), prompt, answer, usage));
  }

  private static int input(Prompt prompt) {
    return Tokens.count(prompt.text()) + MESSAGE_OVERHEAD;
  }

  private Ids ids() {
    return server.ids();
  }

  private Journal journal() {
    return server.journal();
  }

  private InstantSource clock() {
    return server.clock();
  }
}
