package ai.rails.app.http;

import com.fasterxml.jackson.databind.JsonNode;

/// RFC 9457 documents as one line for people.
final class Problems {
  private Problems() {}

  /// For example `p-1 may not decide: that takes role approver (403 NOT_AN_APPROVER)`.
  static String line(int status, String path, JsonNode problem) {
    String code = problem.path("code").asText();
    String detail = problem.path("detail").asText();
    StringBuilder line = new StringBuilder();
    line.append(detail.isBlank() ? path + " was refused" : detail);
    for (JsonNode fault : problem.path("errors")) {
      line.append("; line ").append(fault.path("line").asInt()).append(": ");
      line.append(fault.path("message").asText());
    }
    line.append(" (").append(status);
    if (!code.isEmpty()) {
      line.append(' ').append(code);
    }
    line.append(')');
    return line.append(next(status)).toString();
  }

  private static String next(int status) {
    return switch (status) {
      case 401 -> "; get a fresh token";
      case 429, 503 -> "; try again later";
      default -> "";
    };
  }
}
