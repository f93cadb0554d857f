package ai.rails.standin.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;

/// Anthropic's error: `{"type": "error", "error": {type, message}, "request_id"}`.
final class MessagesError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;

  MessagesError(int status, String type, String message) {
    super(message);
    this.status = status;
    this.type = type;
  }

  static MessagesError invalid(String message) {
    return new MessagesError(400, "invalid_request_error", message);
  }

  Response response(String requestId) {
    ObjectNode body = Json.object().put("type", "error");
    body.putObject("error").put("type", type).put("message", String.valueOf(getMessage()));
    return Response.refused(status, type, body.put("request_id", requestId));
  }
}
