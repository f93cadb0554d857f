package ai.rails.standin.azure;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
import ai.rails.standin.model.CallRecord;
import ai.rails.standin.model.ModelServer;
import ai.rails.standin.openai.ApiError;
import ai.rails.standin.openai.OpenAiDialect;

/// Azure OpenAI: the unified `/openai/v1` paths, and deployment paths with an `api-version`. A
/// model's name is its deployment.
public final class AzureOpenAiStandIn implements Service, AutoCloseable {
  private static final Pattern DEPLOYMENT =
      Pattern.compile("/openai/deployments/([^/]+)/chat/completions");
  private static final Pattern VERSION = Pattern.compile("20\\d\\d-\\d\\d-\\d\\d(-preview)?");

  private final ModelServer settings;
  private final OpenAiDialect dialect;
  private final Faults faults = new Faults();
  private final LocalServer server;

  private AzureOpenAiStandIn(ModelServer settings) {
    this.settings = settings;
    dialect = new OpenAiDialect("azure", settings);
    server =
        LocalServer.start(settings.transport(), settings.port(), this, settings.journal(), faults);
  }

  public static AzureOpenAiStandIn start(ModelServer settings) {
    return new AzureOpenAiStandIn(settings);
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
      response = routed(request);
    } catch (ApiError e) {
      response = e.response();
    } catch (MalformedRequest e) {
      response = error(400, "BadRequest", String.valueOf(e.getMessage()));
    }
    return response
        .with("apim-request-id", settings.ids().uuid())
        .with("x-request-id", settings.ids().uuid())
        .with("x-ms-region", "West Europe");
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited ->
          error(
                  429,
                  "429",
                  "Requests have exceeded the call rate limit of your current OpenAI S0 pricing tier. Please retry later.")
              .with("retry-after", Long.toString(limited.retryAfter().toSeconds()))
              .with("retry-after-ms", Long.toString(limited.retryAfter().toMillis()));
      case Fault.QuotaExhausted _ ->
          error(403, "insufficient_quota", "The quota of this resource is used up.");
      case Fault.Overloaded _ ->
          error(
              503,
              "503",
              "The service is temporarily unable to process your request. Please try again later.");
      case Fault.ServerError _ ->
          error(
              500, "InternalServerError", "The server had an error while processing your request.");
    };
  }

  @Override
  public void close() {
    server.close();
    settings.journal().close();
  }

  private Response routed(Request request) {
    Matcher deployment = DEPLOYMENT.matcher(request.path());
    boolean unified = request.path().startsWith("/openai/v1/");
    if (!request.method().equals("POST") || !(unified || deployment.matches())) {
      return error(404, "404", "Resource not found");
    }
    String key = request.header("api-key").or(request::bearer).orElse("");
    if (!key.equals(settings.apiKey())) {
      return error(
          401,
          "401",
          "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use"
              + " a correct regional API endpoint for your resource.");
    }
    if (!unified && !VERSION.matcher(request.query().getOrDefault("api-version", "")).matches()) {
      return error(404, "404", "Resource not found");
    }
    ObjectNode body = OpenAiDialect.body(request);
    if (!unified) {
      body.put("model", deployment.group(1));
    }
    if (!settings.models().containsKey(body.path("model").asText())) {
      return error(
          404,
          "DeploymentNotFound",
          "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and"
              + " try again.");
    }
    return switch (unified ? request.path().substring(11) : "chat/completions") {
      case "chat/completions" -> dialect.chat(body);
      case "responses" -> dialect.responses(body);
      default -> error(404, "404", "Resource not found");
    };
  }

  private static Response error(int status, String code, String message) {
    ObjectNode body = Json.object();
    body.putObject("error").put("code", code).put("message", message);
    return Response.refused(status, code, body);
  }
}
