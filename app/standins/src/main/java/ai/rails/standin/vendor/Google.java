package ai.rails.standin.vendor;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;

/// How Calendar and Drive say no.
final class Google {
  static final String HOST = "www.googleapis.com";
  static final String TOKENS = "oauth2.googleapis.com";

  private Google() {}

  static Response refused(Refusal refusal) {
    return switch (refusal.kind()) {
      case MISSING -> error(404, "global", "notFound", refusal.detail());
      case UNAUTHENTICATED -> error(401, "global", "authError", "Invalid Credentials");
      case INVALID -> error(400, "global", "invalid", refusal.detail());
      case BUSY -> error(403, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded");
      case OUT -> error(503, "global", "backendError", refusal.detail());
      case BROKEN -> error(500, "global", "backendError", refusal.detail());
    };
  }

  static Response error(int status, String domain, String reason, String message) {
    ObjectNode body = Json.object();
    ObjectNode error = body.putObject("error");
    error
        .putArray("errors")
        .addObject()
        .put("domain", domain)
        .put("reason", reason)
        .put("message", message);
    error.put("code", status).put("message", message);
    return Response.refused(status, reason, body);
  }
}
