package ai.rails.enclave.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.ContentJson;
import ai.rails.schema.worker.WorkerProtocol.Cost;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// The world behind the gateway's port: it keeps what was done to it, and answers as a test says.
public final class World implements CallPort {
  /// What the world does with a call.
  @FunctionalInterface
  public interface Reaction {
    Result to(Order order) throws InterruptedException;
  }

  public final List<Order> effects = new CopyOnWriteArrayList<>();
  private volatile Reaction reaction = order -> success("{}");

  /// The manifest allows no call any more.
  public volatile boolean revoked;

  public void reacts(Reaction next) {
    reaction = next;
  }

  @Override
  public Terms terms(ConnectorPin pin, Instance instance, String action, JsonNode params) {
    if (revoked) {
      throw new CallRefused("CONNECTOR_REVOKED", "it is revoked");
    }
    return new Terms(
        IdempotencyClass.U,
        1,
        new Cost("USD", 0, ""),
        Optional.empty(),
        Map.of("number", Triage.id()));
  }

  @Override
  public Result execute(Order order) throws InterruptedException {
    effects.add(order);
    return reaction.to(order);
  }

  public static Result success(String output) {
    return result(Outcome.SUCCESS, "OK", Optional.of(json(output)), output);
  }

  public static Result result(
      Outcome outcome, String code, Optional<JsonNode> output, String evidence) {
    return new Result(
        outcome,
        code,
        false,
        Optional.empty(),
        200,
        "vendor-7",
        1,
        true,
        false,
        Optional.empty(),
        output,
        Map.of("response", evidence.getBytes(StandardCharsets.UTF_8)));
  }

  public static JsonNode json(String text) {
    try {
      return ContentJson.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
