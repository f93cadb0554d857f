package ai.rails.command.worker;

import java.util.Map;
import java.util.Optional;

import ai.rails.platform.http.WorkerIdentity;

/// One request of the worker protocol, without HTTP.
///
/// @param path template, for example `/v1/worker/calls/{callId}/intent`
/// @param body type of the request's body
public record WorkerEndpoint<B>(String method, String path, Class<B> body, Handler<B> handler) {
  /// Answers a request.
  ///
  /// @param <B> the request's body
  @FunctionalInterface
  public interface Handler<B> {
    /// @param worker whom the client certificate names
    /// @param parts the path's parts by name
    /// @throws ai.rails.domain.Refused if the rules say no
    Reply handle(
        WorkerIdentity worker, Map<String, String> parts, B body, Optional<String> traceparent);
  }

  /// An answer.
  ///
  /// @param body empty with 204
  public record Reply(int status, Optional<Object> body) {
    static Reply of(Object body) {
      return new Reply(200, Optional.of(body));
    }

    static Reply nothing() {
      return new Reply(204, Optional.empty());
    }
  }

  /// Method and template, for example `POST /v1/worker/steps/claim`.
  public String name() {
    return method + " " + path;
  }
}
