package ai.rails.standin.vendor;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;

/// One mailbox behind Microsoft Graph, version 1.0: mails are sent, each time they are asked for,
/// and events are made once for each transaction id.
public final class MicrosoftGraph implements Vendor {
  /// Journal kinds.
  public static final String MAIL = "mail";

  public static final String EVENT = "event";

  private static final String HOST = "graph.microsoft.com";
  private static final String MAIL_BODY =
      """
      {'type':'object','additionalProperties':false,'required':['message'],'properties':{
        'saveToSentItems':{'type':'boolean'},
        'message':{'type':'object','additionalProperties':false,
          'required':['subject','body','toRecipients'],'properties':{
          'subject':{'type':'string'},
          'body':{'type':'object','additionalProperties':false,
            'required':['contentType','content'],'properties':{
            'contentType':{'enum':['Text','HTML']},'content':{'type':'string'}}},
          'toRecipients':{'type':'array','minItems':1,'items':{'type':'object',
            'additionalProperties':false,'required':['emailAddress'],'properties':{
            'emailAddress':{'type':'object','additionalProperties':false,'required':['address'],
              'properties':{'address':{'type':'string'},'name':{'type':'string'}}}}}}}}}}
      """;
  private static final String EVENT_BODY =
      """
      {'type':'object','additionalProperties':false,'required':['subject','start','end'],
       'properties':{'subject':{'type':'string'},'transactionId':{'type':'string','minLength':1},
        'start':{'$ref':'#/$defs/time'},'end':{'$ref':'#/$defs/time'}},
       '$defs':{'time':{'type':'object','additionalProperties':false,
        'required':['dateTime','timeZone'],'properties':{'timeZone':{'const':'UTC'},
         'dateTime':{'type':'string','pattern':'^[0-9-]{10}T[0-9:]{8}([.][0-9]{1,7})?Z?$'}}}}}
      """;

  private final String user;
  private final String tenant;
  private final Map<String, String> grant;
  private final String token;

  /// @param tenant in whose name tokens are granted
  /// @param grant form for which the token is granted
  public MicrosoftGraph(String user, String tenant, Map<String, String> grant, String token) {
    this.user = user;
    this.tenant = tenant;
    this.grant = Map.copyOf(grant);
    this.token = token;
  }

  @Override
  public List<Endpoint> endpoints() {
    Guard bearer = Guard.header("authorization", "Bearer " + token);
    return List.of(
        Endpoint.token(
            "login.microsoftonline.com",
            "/" + tenant + "/oauth2/v2.0/token",
            List.of(grant),
            token),
        Endpoint.of(HOST, "POST", "/v1.0/users/{user}/sendMail", bearer, this::send)
            .body(MAIL_BODY),
        Endpoint.of(HOST, "POST", "/v1.0/users/{user}/events", bearer, this::create)
            .body(EVENT_BODY));
  }

  private Response send(Taken taken) {
    if (!taken.named("user").equals(user)) {
      return error(404, "ErrorInvalidUser", "The requested user is invalid.");
    }
    taken.journal().effect(MAIL, (ObjectNode) taken.body().path("message"));
    return Response.empty(202);
  }

  private Response create(Taken taken) {
    if (!taken.named("user").equals(user)) {
      return error(404, "ErrorInvalidUser", "The requested user is invalid.");
    }
    JsonNode transaction = taken.body().path("transactionId");
    return Response.json(
        201,
        taken.done(EVENT).stream()
            .filter(each -> each.path("transactionId").equals(transaction))
            .findFirst()
            .orElseGet(() -> made(taken)));
  }

  private static ObjectNode made(Taken taken) {
    long number = taken.journal().effects(EVENT) + 1;
    ObjectNode event = Json.object().put("id", "AAMkAGI1AAAt%0144dAAA=".formatted(number));
    event.setAll((ObjectNode) taken.body());
    taken.journal().effect(EVENT, event);
    return event;
  }

  @Override
  public Response refused(Refusal refusal) {
    return switch (refusal.kind()) {
      case MISSING -> error(400, "BadRequest", refusal.detail());
      case UNAUTHENTICATED ->
          error(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.");
      case INVALID -> error(400, "RequestBodyRead", refusal.detail());
      case BUSY ->
          error(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
              .with("Retry-After", Long.toString(refusal.pause().toSeconds()));
      case OUT -> error(503, "ErrorServerBusy", refusal.detail());
      case BROKEN -> error(500, "ErrorInternalServerError", refusal.detail());
    };
  }

  private static Response error(int status, String code, String message) {
    ObjectNode body = Json.object();
    body.putObject("error")
        .put("code", code)
        .put("message", message)
        .putObject("innerError")
        .put("request-id", "b0f5b2b0-1b0a-4e5c-8a51-5a1c0c8f5f0e");
    return Response.refused(status, code, body)
        .with("request-id", "b0f5b2b0-1b0a-4e5c-8a51-5a1c0c8f5f0e");
  }
}
