package ai.rails.enclave.gateway;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.connector.Action;
import ai.rails.connector.Connectors;
import ai.rails.connector.ModelCost;
import ai.rails.connector.PriceTable;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.worker.CallPort;
import ai.rails.enclave.worker.CallRefused;
import ai.rails.schema.worker.WorkerProtocol.Cost;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// Executes calls as their connectors' manifests say. Thread-safe.
public final class Gateway implements CallPort {
  private static final int MILLIS = 1_000;

  private final Connectors connectors;
  private final PriceTable prices;
  private final OfflineModel offline;
  private final InstantSource clock;
  private final Wires wires;
  private final Schemas schemas = new Schemas();

  /// @param proxy the egress proxy, the only address that the gateway connects to
  /// @param offline serves connectors that reach no host
  public Gateway(
      Connectors connectors,
      PriceTable prices,
      InetSocketAddress proxy,
      TlsTrust trust,
      OfflineModel offline,
      InstantSource clock) {
    this.connectors = connectors;
    this.prices = prices;
    this.offline = offline;
    this.clock = clock;
    this.wires = new Wires(proxy, trust, clock);
  }

  @Override
  public Terms terms(ConnectorPin pin, Instance instance, String action, JsonNode params) {
    Planned call = Planned.check(connectors, prices, schemas, pin, instance, action, params);
    Money worst = ModelCost.worstCase(prices, call.connector(), call.action(), params);
    return new Terms(
        call.action().idempotencyClass(),
        call.connector().requests(call.action()),
        new Cost(worst.currency(), worst.nanos(), prices.version()),
        ModelCost.mostTokens(call.connector(), call.action(), params),
        call.action().disclosable());
  }

  @Override
  public Result execute(Order order) throws InterruptedException {
    Planned call;
    Optional<Credential> credential;
    try {
      call = Planned.check(connectors, prices, schemas, order);
      credential = call.credential(order.credential());
    } catch (CallRefused e) {
      return Result.notSent(e.code(), false, order.recovering());
    }
    if (call.connector().isLocal()) {
      if (!order.pin().model().orElse(offline.id()).equals(offline.id())) {
        return Result.notSent("MODEL_DIFFERS", false, false);
      }
      return new Local(offline, prices, schemas).execute(call);
    }
    Conclusion conclusion = conclusion(call, credential);
    Optional<Result> withheld = withheld(call, order, credential, conclusion);
    Result result =
        withheld.isPresent()
            ? withheld.get()
            : new Sequence(wires, clock, call, order, credential, conclusion).run();
    return honest(call, order, conclusion, result);
  }

  /// A failure of the recovery says nothing of the attempt that is recovered: unless the other side
  /// showed that there is no effect, nobody knows as little as before. A refusal that may pass
  /// shows nothing: the other side may be busy with that very attempt.
  private static Result honest(Planned call, Order order, Conclusion conclusion, Result result) {
    boolean open =
        order.recovering()
            && call.action().effect() == Action.Effect.WRITE
            && result.outcome() == Outcome.DEFINITE_FAILURE
            && (result.retryable() || !conclusion.provesNoEffect());
    return open
        ? conclusion.ambiguous(result.code(), result.retryable(), result.retryAfterMillis())
        : result;
  }

  private Conclusion conclusion(Planned call, Optional<Credential> credential) {
    Action action = call.action();
    return new Conclusion(
        action,
        schemas,
        new Evidence(credential, action.redact()),
        action.model().map(rules -> new ModelMeter(prices, call, rules)));
  }

  /// Reasons to send nothing at all.
  private Optional<Result> withheld(
      Planned call, Order order, Optional<Credential> credential, Conclusion conclusion) {
    int needed =
        credential
            .map(each -> call.connector().requests(call.action(), each.auth()))
            .orElseGet(() -> call.connector().requests(call.action()));
    if (order.tickets().size() < needed) {
      return Optional.of(conclusion.definite("TICKET_MISSING", true));
    }
    if (!order.recovering()) {
      return Optional.empty();
    }
    if (call.action().idempotencyClass() == IdempotencyClass.N) {
      return Optional.of(conclusion.ambiguous("EFFECT_UNKNOWN", false, Optional.empty()));
    }
    long settles = call.action().recovery().map(each -> each.settleSeconds() * MILLIS).orElse(0);
    long wait = settles - order.sinceIntentMillis();
    return wait > 0
        ? Optional.of(conclusion.ambiguous(Reasons.SETTLING, true, Optional.of(wait)))
        : Optional.empty();
  }
}
