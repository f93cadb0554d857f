package ai.rails.enclave.gateway;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.connector.CallScope;
import ai.rails.connector.PriceTable;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.schema.worker.WorkerProtocol.Cost;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;

/// Executes a call inside the worker: nothing leaves, nothing is charged.
final class Local {
  private final OfflineModel model;
  private final PriceTable prices;
  private final Schemas schemas;

  Local(OfflineModel model, PriceTable prices, Schemas schemas) {
    this.model = model;
    this.prices = prices;
    this.schemas = schemas;
  }

  Result execute(Planned call) {
    JsonNode answer = model.triage(call.params());
    JsonNode schema =
        new CallScope(call.connector(), call.action(), call.params(), "", "", Instant.EPOCH)
            .json()
            .path("answerSchema");
    boolean valid =
        schemas.complaintsOnce(schema, answer).isEmpty()
            && schemas.complaints(call.action().result(), answer).isEmpty();
    return valid
        ? result(Outcome.SUCCESS, "OK", Optional.of(use()), Optional.of(answer))
        : result(
            Outcome.DEFINITE_FAILURE, "MODEL_ANSWER_INVALID", Optional.of(use()), Optional.empty());
  }

  private ModelUse use() {
    Cost nothing = new Cost(prices.currency(), 0, prices.version());
    return new ModelUse(model.name(), model.name(), model.name(), 0, 0, 0, 0, 0, nothing);
  }

  private static Result result(
      Outcome outcome, String code, Optional<ModelUse> use, Optional<JsonNode> output) {
    return new Result(
        outcome, code, false, Optional.empty(), 0, "", 0, false, false, use, output, Map.of());
  }
}
