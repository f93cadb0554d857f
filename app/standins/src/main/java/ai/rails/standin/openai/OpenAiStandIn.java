package ai.rails.standin.openai;

import java.net.URI;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.model.CallRecord;
import ai.rails.standin.model.ModelServer;

/// OpenAI: `/v1/chat/completions`, `/v1/responses` and `/v1/models`.
public final class OpenAiStandIn implements Service, AutoCloseable {
  private static final Map<String, String> LIMITS =
      Map.of(
          "x-ratelimit-limit-requests", "10000",
          "x-ratelimit-remaining-requests", "9999",
          "x-ratelimit-reset-requests", "6ms",
          "x-ratelimit-limit-tokens", "2000000",
          "x-ratelimit-remaining-tokens", "1999000",
          "x-ratelimit-reset-tokens", "30ms",
          "openai-version", "2020-10-01");

  private final ModelServer settings;
  private final OpenAiDialect dialect;
  private final Faults faults = new Faults();
  private final LocalServer server;

  private OpenAiStandIn(ModelServer settings) {
    this.settings = settings;
    dialect = new OpenAiDialect("openai", settings);
    server =
        LocalServer.start(settings.transport(), settings.port(), this, settings.journal(), faults);
  }

  public static OpenAiStandIn start(ModelServer settings) {
    return new OpenAiStandIn(settings);
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
    Response response;
    try {
      authenticate(request);
      response = routed(request).withAll(LIMITS);
    } catch (ApiError e) {
      response = e.response();
    }
    return response.with("x-request-id", "req_" + settings.ids().hex(32));
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    Response response =
        switch (refusal) {
          case Fault.RateLimited limited ->
              ApiError.of(
                      429,
                      "requests",
                      "rate_limit_exceeded",
                      "Rate limit reached for requests. Please try again later.")
                  .response()
                  .with("Retry-After", Long.toString(limited.retryAfter().toSeconds()))
                  .with("retry-after-ms", Long.toString(limited.retryAfter().toMillis()));
          case Fault.QuotaExhausted _ ->
              ApiError.of(
                      429,
                      "insufficient_quota",
                      "insufficient_quota",
                      "You exceeded your current quota, please check your plan and billing details.")
                  .response();
          case Fault.Overloaded _ ->
              ApiError.of(
                      503,
                      "server_error",
                      "",
                      "The engine is currently overloaded, please try again later")
                  .response();
          case Fault.ServerError _ ->
              ApiError.of(
                      500,
                      "server_error",
                      "",
                      "The server had an error while processing your request. Sorry about that!")
                  .response();
        };
    return response.with("x-request-id", "req_" + settings.ids().hex(32));
  }

  @Override
  public void close() {
    server.close();
    settings.journal().close();
  }

  private void authenticate(Request request) {
    String key = request.bearer().orElse("");
    if (key.isEmpty()) {
      throw ApiError.of(
          401,
          "invalid_request_error",
          "",
          "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
    }
    if (!key.equals(settings.apiKey())) {
      throw ApiError.of(
          401,
          "invalid_request_error",
          "invalid_api_key",
          "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.");
    }
  }

  private Response routed(Request request) {
    return switch (request.method() + " " + request.path()) {
      case "POST /v1/chat/completions" -> dialect.chat(OpenAiDialect.body(request));
      case "POST /v1/responses" -> dialect.responses(OpenAiDialect.body(request));
      case "GET /v1/models" -> models();
      default ->
          throw ApiError.of(
              404,
              "invalid_request_error",
              "unknown_url",
              "Unknown request URL: " + request.method() + " " + request.path() + ".");
    };
  }

  private Response models() {
    ObjectNode list = Json.object().put("object", "list");
    var data = list.putArray("data");
    settings.models().keySet().stream()
        .sorted()
        .forEach(name ->
            data.addObject()
                .put("id", name)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "system"));
    return Response.json(200, list);
  }
}
