package ai.rails.enclave.gateway;

import java.time.InstantSource;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.connector.Connector;
import ai.rails.connector.Failure;
import ai.rails.connector.RequestTemplate;

/// What an answer means for the call.
///
/// @param ok go on
/// @param definite with a failure: nothing was done, or it is known what was
record Verdict(
    boolean ok, String code, boolean definite, boolean retryable, Optional<Long> retryAfterMillis) {
  private static final int TOO_MANY = 429;
  private static final int REQUEST_TIMEOUT = 408;

  static final Verdict OK = new Verdict(true, "OK", true, false, Optional.empty());

  /// Judges an answer by its status and what the manifest says of it. After a request with an
  /// effect only a documented refusal is definite; everything else is not known.
  static Verdict of(
      Connector connector,
      RequestTemplate request,
      Answered answer,
      JsonNode body,
      InstantSource clock) {
    int status = answer.status();
    for (Failure each : connector.failures()) {
      boolean expected = each.pointer().isEmpty() && request.expect().contains(status);
      if (!expected && each.fits(status, body, answer::header)) {
        boolean definite =
            !request.effect() || each.noEffect() || status / 100 == 2 || refuses(status);
        return new Verdict(
            false, each.code(), definite, each.retryable(), RetryAfter.of(answer, clock));
      }
    }
    if (request.expect().contains(status)) {
      return OK;
    }
    if (status == TOO_MANY) {
      return new Verdict(false, "RATE_LIMITED", true, true, RetryAfter.of(answer, clock));
    }
    String code = status / 100 == 3 ? "REDIRECTED" : "HTTP_" + status;
    boolean passing = status / 100 == 5 || status == REQUEST_TIMEOUT;
    boolean definite = !request.effect() || refuses(status);
    return new Verdict(false, code, definite, passing || !definite, RetryAfter.of(answer, clock));
  }

  static Verdict failed(String code, boolean retryable) {
    return new Verdict(false, code, true, retryable, Optional.empty());
  }

  /// A request timeout says that the other side waited, not that it did nothing.
  private static boolean refuses(int status) {
    return status / 100 == 4 && status != REQUEST_TIMEOUT;
  }
}
