package ai.rails.standin.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Request;
import ai.rails.standin.Response;

/// Stripe's error body: `{"error": {type, code, message}}`.
final class StripeError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String code;

  StripeError(int status, String type, String code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
  }

  static StripeError missing(String id) {
    return new StripeError(
        404, "invalid_request_error", "resource_missing", "No such object: '" + id + "'");
  }

  static StripeError invalid(String parameter, String what) {
    return new StripeError(
        400, "invalid_request_error", "parameter_invalid", parameter + " " + what);
  }

  static StripeError unrecognized(Request request) {
    return new StripeError(
        404,
        "invalid_request_error",
        "",
        "Unrecognized request URL (%s: %s)".formatted(request.method(), request.path()));
  }

  Response response() {
    return of(status, type, code, String.valueOf(getMessage()));
  }

  static Response of(int status, String type, String code, String message) {
    ObjectNode body = Json.object();
    ObjectNode error = body.putObject("error").put("type", type).put("message", message);
    if (!code.isEmpty()) {
      error.put("code", code);
    }
    return Response.refused(status, code.isEmpty() ? type : code, body);
  }
}
