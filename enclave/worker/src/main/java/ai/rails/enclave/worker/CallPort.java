package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.schema.worker.WorkerProtocol.Cost;
import ai.rails.schema.worker.WorkerProtocol.Instance;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;

/// The gateway, as the worker sees it: the one place from which anything reaches the outside world.
public interface CallPort {
  /// What the pinned connector's manifest says of a call with these parameters.
  ///
  /// @throws CallRefused if the manifest has no such action or the parameters break its schema
  Terms terms(ConnectorPin pin, Instance instance, String action, JsonNode params);

  /// Sends a call, classifies what came back, reads it back and redacts evidence. Blocks; an
  /// interrupt ends it.
  Result execute(Order order) throws InterruptedException;

  /// @param requests how many requests the call may make, 1 to 8
  /// @param estimate worst case cost
  /// @param tokens most that a model can use; absent for what is no model
  /// @param disclosed parameters that may leave the seal
  record Terms(
      IdempotencyClass idempotencyClass,
      int requests,
      Cost estimate,
      Optional<Long> tokens,
      Map<String, Field> disclosed) {
    public Terms {
      disclosed = Map.copyOf(disclosed);
    }
  }

  /// Gives tickets to a call that takes longer than its first ones live.
  @FunctionalInterface
  interface Leave {
    /// @param requests how many are still to be made
    /// @return empty if there is no more leave
    List<String> fresh(int requests) throws InterruptedException;
  }

  /// Access tokens for one call, of a credential with a refresh token. Confined to its thread.
  interface Refreshing {
    /// Waits a while until no other worker asks the instance's token endpoint.
    Turn take() throws InterruptedException;

    /// Keeps what was granted, for every worker, before it is used.
    ///
    /// @return false if the credential was changed meanwhile, so that nothing of it may be used
    boolean keep(Granted granted) throws InterruptedException;

    /// Nothing was granted.
    void giveBack() throws InterruptedException;

    /// The other side takes this token no more, however long it was to live.
    void refused(String accessToken);
  }

  /// What a call that needs an access token is to do.
  sealed interface Turn {
    /// To use the one that is kept.
    record Kept(String accessToken) implements Turn {
      @Override
      public String toString() {
        return "Kept[hidden]";
      }
    }

    /// To ask for one, with these members of the credential.
    record Ours(Map<String, String> credential) implements Turn {
      public Ours {
        credential = Map.copyOf(credential);
      }

      @Override
      public String toString() {
        return "Ours[hidden]";
      }
    }

    /// To end, with nothing sent.
    record Not(String code, boolean retryable) implements Turn {}
  }

  /// @param refreshToken in the place of the one that was used; absent if that stays
  /// @param lives how long the access token does
  record Granted(String accessToken, Optional<String> refreshToken, Duration lives) {
    /// Its name in credentials, requests and answers (RFC 6749 5.1 and 6).
    public static final String REFRESH_TOKEN = "refresh_token";

    @Override
    public String toString() {
      return "Granted[hidden]";
    }
  }

  /// A call with leave to go.
  ///
  /// @param attemptGroup from 1; with run and step it makes the marker that the other side keeps
  /// @param credential opened members of the instance's credential, for example `token`
  /// @param tickets one for each request, wire form
  /// @param leave gives fresh ones when these have lapsed
  /// @param refreshing keeps what a refresh token is changed for; absent where nothing can be kept
  /// @param recovering an earlier attempt was intended and nobody knows what became of it
  /// @param sinceIntentMillis how long before the claim the last intent was committed under which
  ///   anything can have been sent, by the control plane's clock alone; or 0
  record Order(
      FrozenCall call,
      String run,
      String step,
      int attemptGroup,
      String callId,
      String idempotencyKey,
      ConnectorPin pin,
      Instance instance,
      Map<String, String> credential,
      List<String> tickets,
      Leave leave,
      Optional<Refreshing> refreshing,
      boolean recovering,
      long sinceIntentMillis) {
    public Order {
      credential = Map.copyOf(credential);
      tickets = List.copyOf(tickets);
    }

    @Override
    public String toString() {
      return "Order[" + callId + "]";
    }
  }

  /// What became of a call.
  ///
  /// @param output of the action, on success
  /// @param evidence kind to redacted content, to be sealed
  record Result(
      Outcome outcome,
      String code,
      boolean retryable,
      Optional<Long> retryAfterMillis,
      int httpStatus,
      String vendorRef,
      int requests,
      boolean verified,
      boolean adopted,
      Optional<ModelUse> model,
      Optional<JsonNode> output,
      Map<String, byte[]> evidence) {
    public Result {
      evidence = Map.copyOf(evidence);
    }

    /// An outcome of which there is nothing more to be said.
    public static Result bare(Outcome outcome, String code, boolean retryable) {
      return new Result(
          outcome,
          code,
          retryable,
          Optional.empty(),
          0,
          "",
          0,
          false,
          false,
          Optional.empty(),
          Optional.empty(),
          Map.of());
    }

    /// Nothing was sent now; but of an attempt before this one nobody knows yet, and it stays so.
    ///
    /// @param recovering as in the order
    public static Result notSent(String code, boolean retryable, boolean recovering) {
      return bare(recovering ? Outcome.AMBIGUOUS : Outcome.DEFINITE_FAILURE, code, retryable);
    }
  }
}
