package ai.rails.standin.github;

import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;

/// A refusal in GitHub's words.
final class GitHubError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String DOCUMENTATION = "https://docs.github.com/rest/issues";

  private final int status;
  private final String field;

  private GitHubError(int status, String message, String field) {
    super(message, null, false, false);
    this.status = status;
    this.field = field;
  }

  GitHubError(int status, String message) {
    this(status, message, "");
  }

  /// 422.
  static GitHubError invalid(String field) {
    return new GitHubError(422, "Validation Failed", field);
  }

  Response response() {
    ObjectNode body = Json.object().put("message", getMessage());
    if (!field.isEmpty()) {
      body.putArray("errors")
          .addObject()
          .put("resource", "Issue")
          .put("field", field)
          .put("code", "invalid");
    }
    body.put("documentation_url", DOCUMENTATION).put("status", Integer.toString(status));
    return new Response(
        status,
        Map.of("Content-Type", "application/json; charset=utf-8"),
        body.toString(),
        "github_" + status);
  }
}
