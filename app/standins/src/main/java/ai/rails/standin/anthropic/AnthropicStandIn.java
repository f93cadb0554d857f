package ai.rails.standin.anthropic;

import java.net.URI;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.model.Answer;
import ai.rails.standin.model.CallRecord;
import ai.rails.standin.model.ModelServer;
import ai.rails.standin.model.Prompt;
import ai.rails.standin.model.PromptCache;
import ai.rails.standin.model.Tokens;

/// Anthropic: `/v1/messages`, with `x-api-key` or a bearer token, in the two versions that its SDKs
/// send.
public final class AnthropicStandIn implements Service, AutoCloseable {
  private static final Set<String> VERSIONS = Set.of("2023-06-01", "2026-10-21");
  private static final int BODY_LIMIT = 32 * 1024 * 1024;

  private final ModelServer settings;
  private final PromptCache cache = new PromptCache();
  private final Faults faults = new Faults();
  private final LocalServer server;

  private AnthropicStandIn(ModelServer settings) {
    this.settings = settings;
    server =
        LocalServer.start(settings.transport(), settings.port(), this, settings.journal(), faults);
  }

  public static AnthropicStandIn start(ModelServer settings) {
    return new AnthropicStandIn(settings);
  }

  public int port() {
    return server.port();
  }

  public URI uri() {
    return server.uri();
  }

  public Faults faults() {
    return faults;
  }

  public Journal journal() {
    return settings.journal();
  }

  /// Generations that the vendor would bill.
  public long billedCalls() {
    return settings.journal().effects(CallRecord.EFFECT);
  }

  @Override
  public Response answer(Request request) {
    String requestId = "req_" + settings.ids().alphanumeric(24);
    Response response;
    try {
      response = messages(request);
    } catch (MessagesError e) {
      response = e.response(requestId);
    } catch (MalformedRequest e) {
      response =
          MessagesError.invalid("The request body is not valid JSON: " + e.getMessage())
              .response(requestId);
    }
    return response.with("request-id", requestId);
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    String requestId = "req_" + settings.ids().alphanumeric(24);
    Response response =
        switch (refusal) {
          case Fault.RateLimited limited ->
              new MessagesError(
                      429,
                      "rate_limit_error",
                      "This request would exceed your organization's rate limit.")
                  .response(requestId)
                  .with("retry-after", Long.toString(limited.retryAfter().toSeconds()));
          case Fault.QuotaExhausted _ ->
              new MessagesError(
                      402,
                      "billing_error",
                      "Your credit balance is too low to access the Anthropic API.")
                  .response(requestId);
          case Fault.Overloaded _ ->
              new MessagesError(529, "overloaded_error", "Overloaded").response(requestId);
          case Fault.ServerError _ ->
              new MessagesError(500, "api_error", "Internal server error").response(requestId);
        };
    return response.with("request-id", requestId);
  }

  @Override
  public void close() {
    server.close();
    settings.journal().close();
  }

  private Response messages(Request request) {
    if (!request.method().equals("POST") || !request.path().equals("/v1/messages")) {
      throw new MessagesError(404, "not_found_error", "Not found");
    }
    authenticate(request);
    if (request.bytes() >= BODY_LIMIT) {
      throw new MessagesError(413, "request_too_large", "Request exceeds the maximum size");
    }
    if (!request.mediaType().equals("application/json")) {
      throw MessagesError.invalid("content-type: must be application/json");
    }
    ObjectNode body = Json.parseObject(request.body());
    String model = body.path("model").asText();
    if (model.isEmpty()) {
      throw MessagesError.invalid("model: Field required");
    }
    int mostTokens = MessagesForm.mostTokens(body);
    String served = settings.models().get(model);
    if (served == null) {
      throw new MessagesError(404, "not_found_error", "model: " + model);
    }
    return generated(
        MessagesForm.prompt(served, body),
        mostTokens,
        request.body().contains("\"cache_control\""));
  }

  private void authenticate(Request request) {
    String key = request.header("x-api-key").or(request::bearer).orElse("");
    if (key.isEmpty()) {
      throw new MessagesError(401, "authentication_error", "x-api-key header is required");
    }
    if (!key.equals(settings.apiKey())) {
      throw new MessagesError(401, "authentication_error", "invalid x-api-key");
    }
    String version = request.header("anthropic-version").orElse("");
    if (version.isEmpty()) {
      throw MessagesError.invalid("anthropic-version: header is required");
    }
    if (!VERSIONS.contains(version)) {
      throw MessagesError.invalid("anthropic-version: \"" + version + "\" is not a valid version");
    }
  }

  private Response generated(Prompt prompt, int mostTokens, boolean caches) {
    Answer answer = settings.answers().answer(prompt, mostTokens);
    int total = Tokens.count(prompt.text());
    int read = caches ? cache.cachedTokens(prompt.text()) : 0;
    int created = caches && read == 0 && total >= 1024 ? total / 128 * 128 : 0;
    ObjectNode usage =
        MessagesForm.usage(total - read - created, created, read, answer.outputTokens());
    String id = "msg_" + settings.ids().alphanumeric(24);
    settings.journal().effect(CallRecord.EFFECT, CallRecord.of(id, prompt, answer, usage));
    return Response.json(200, MessagesForm.body(id, prompt, answer, usage))
        .withAll(
            Map.of(
                "anthropic-ratelimit-requests-limit",
                "4000",
                "anthropic-ratelimit-requests-remaining",
                "3999"))
        .with(
            "anthropic-ratelimit-requests-reset",
            settings.clock().instant().plusSeconds(1).toString());
  }
}
