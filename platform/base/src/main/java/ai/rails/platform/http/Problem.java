package ai.rails.platform.http;

import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.domain.Refused;

/// An answer that says no, as RFC 9457 `application/problem+json`.
///
/// The code is part of the API; the detail is a sentence for people and holds no content and no
/// secret.
public final class Problem extends RuntimeException {
  public static final String CONTENT_TYPE = "application/problem+json";

  @Serial private static final long serialVersionUID = 1L;
  private static final String TYPE = "https://airails.dev/problems/";

  private final int status;
  private final String code;
  private final transient List<Fault> errors;
  private final transient Map<String, String> headers;

  public Problem(int status, String code, String detail) {
    this(status, code, detail, List.of(), Map.of());
  }

  private Problem(
      int status, String code, String detail, List<Fault> errors, Map<String, String> headers) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = List.copyOf(errors);
    this.headers = Map.copyOf(headers);
  }

  /// One fault of a text that was sent, for example of a workflow.
  ///
  /// @param line from 1; 0 if the place is not known
  public record Fault(String file, int line, int column, String message) {}

  public static Problem faults(int status, String code, String detail, List<Fault> errors) {
    return new Problem(status, code, detail, errors, Map.of());
  }

  /// The rules said no.
  public static Problem of(Refused refused) {
    return new Problem(statusOf(refused.code()), refused.code().name(), detail(refused));
  }

  public static Problem notFound(String what) {
    return new Problem(404, "NOT_FOUND", "%s does not exist".formatted(what));
  }

  public static Problem malformed(String detail) {
    return new Problem(400, "MALFORMED", detail);
  }

  public static Problem invalid(String detail) {
    return new Problem(422, "INVALID", detail);
  }

  /// The same problem with a header more.
  public Problem with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new Problem(status, code, detail(this), errors, more);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /// The answer.
  ///
  /// @param instance what finds this occurrence in logs and traces, for example a trace id's URN
  public Answer answer(String instance) {
    Map<String, Object> body = new LinkedHashMap<>();
    String words = code.toLowerCase(Locale.ROOT).replace('_', ' ');
    body.put("type", TYPE + words.replace(' ', '-'));
    body.put("title", Character.toUpperCase(words.charAt(0)) + words.substring(1));
    body.put("status", status);
    body.put("detail", detail(this));
    body.put("code", code);
    body.put("instance", instance);
    if (!errors.isEmpty()) {
      body.put("errors", errors);
    }
    Answer answer = Answer.bytes(status, CONTENT_TYPE, Json.write(body));
    for (Map.Entry<String, String> header : headers.entrySet()) {
      answer = answer.header(header.getKey(), header.getValue());
    }
    return answer;
  }

  private static String detail(RuntimeException said) {
    String message = said.getMessage();
    return message == null ? "" : message;
  }

  private static int statusOf(Refused.Code code) {
    return switch (code) {
      case INVALID -> 422;
      case NOT_FOUND -> 404;
      case FORBIDDEN,
          UNKNOWN_PERSON,
          REQUESTER_MAY_NOT_APPROVE,
          AUTHOR_MAY_NOT_APPROVE,
          NOT_AN_APPROVER,
          STEP_UP_REQUIRED,
          SIGNATURE_INVALID ->
          403;
      case TOO_MANY, BUDGET_EXCEEDED, TOO_MANY_APPROVALS -> 429;
      default -> 409;
    };
  }
}
