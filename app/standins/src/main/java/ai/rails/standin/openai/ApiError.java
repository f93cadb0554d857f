package ai.rails.standin.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;

/// OpenAI's error: `{"error": {message, type, param, code}}`; an empty param or code is null on the
/// wire.
public final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String param;
  private final String code;

  private ApiError(int status, String type, String param, String code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  static ApiError invalid(String param, String code, String message) {
    return new ApiError(400, "invalid_request_error", param, code, message);
  }

  static ApiError of(int status, String type, String code, String message) {
    return new ApiError(status, type, "", code, message);
  }

  public Response response() {
    ObjectNode body = Json.object();
    ObjectNode error =
        body.putObject("error").put("message", String.valueOf(getMessage())).put("type", type);
    error.put("param", param.isEmpty() ? null : param).put("code", code.isEmpty() ? null : code);
    return Response.refused(status, code.isEmpty() ? type : code, body);
  }
}
