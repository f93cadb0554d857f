package ai.rails.enclave.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.connector.CallScope;
import ai.rails.connector.ModelCost;
import ai.rails.connector.Place;
import ai.rails.connector.Protocol;
import ai.rails.connector.RequestTemplate;
import ai.rails.connector.RequestTemplate.Check;
import ai.rails.connector.RequestTemplate.Extract;
import ai.rails.connector.Template;
import ai.rails.enclave.content.Digests;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Result;

/// Makes the declared requests of one call, in order, until the call has ended. Confined to one
/// thread and used once.
final class Sequence {
  private static final Logger LOG = LoggerFactory.getLogger(Sequence.class);

  /// The proxy let nothing out, because the ticket is too old for it; a fresh one gets through.
  private static final Set<String> LAPSED =
      Set.of("EGRESS_TICKET_EXPIRED", "EGRESS_ISSUED_BEFORE_START");

  private static final int UNAUTHORIZED = 401;

  private final Wires wires;
  private final InstantSource clock;
  private final Planned call;
  private final Order order;
  private final Leave leave;
  private final CallScope scope;
  private final Optional<Credential> credential;
  private final Evidence evidence;
  private final Conclusion conclusion;

  Sequence(
      Wires wires,
      InstantSource clock,
      Planned call,
      Order order,
      Optional<Credential> credential,
      Conclusion conclusion) {
    this.wires = wires;
    this.clock = clock;
    this.call = call;
    this.order = order;
    this.leave = new Leave(call.connector(), call.action(), order);
    this.scope =
        new CallScope(
            call.connector(),
            call.action(),
            call.params(),
            Marker.of(order),
            order.idempotencyKey(),
            Since.of(order.run(), clock.instant()));
    if (order.recovering()) {
      scope.recovering();
    }
    this.credential = credential;
    this.conclusion = conclusion;
    this.evidence = conclusion.evidence();
  }

  /// @throws InterruptedException if the worker gives the call up; what became of it is then to be
  ///   found out by a later attempt
  Result run() throws InterruptedException {
    Optional<Result> ended =
        new TokenRequest(this::send, call.connector(), order, clock, conclusion).get(credential);
    for (RequestTemplate each : call.action().requests()) {
      if (ended.isPresent()) {
        return ended.get();
      }
      ended = each.repair() ? Optional.empty() : perform(each);
    }
    return ended.isPresent() ? ended.get() : repaired(conclusion.success(scope.json()));
  }

  /// A model whose answer does not fit is told where, once; then the call fails.
  private Result repaired(Result first) throws InterruptedException {
    Optional<RequestTemplate> repair =
        call.action().requests().stream().filter(RequestTemplate::repair).findFirst();
    Optional<String> complaint = conclusion.complaint();
    if (repair.isEmpty() || complaint.isEmpty() || !canBeSentBack()) {
      return first;
    }
    scope.repair(complaint.get());
    conclusion.repairing();
    return perform(repair.get()).isPresent()
        ? conclusion.notRepaired("MODEL_REPAIR_FAILED")
        : conclusion.repaired(scope.json());
  }

  private boolean canBeSentBack() {
    return call.action().requests().stream()
        .filter(each -> each.effect() && !each.repair())
        .map(each -> Template.at(scope.json(), "/got/%s/text".formatted(each.id())))
        .allMatch(text ->
            text.isTextual()
                && text.textValue().getBytes(StandardCharsets.UTF_8).length
                    <= ModelCost.REPAIRED_BYTES);
  }

  private Optional<Result> perform(RequestTemplate request) throws InterruptedException {
    Optional<byte[]> raw;
    try {
      raw = raw(request);
    } catch (IllegalArgumentException _) {
      return Optional.of(conclusion.definite("REQUEST_INVALID", false));
    }
    if (!request.when().stream().allMatch(each -> each.holds(scope.json()))) {
      if (request.effect()) {
        conclusion.adopted();
      }
      return Optional.empty();
    }
    for (Check each : request.require()) {
      if (!each.holds(scope.json())) {
        return Optional.of(conclusion.definite(each.code(), each.retryable()));
      }
    }
    if (request.effect() && isInconclusive()) {
      return Optional.of(conclusion.ambiguous("LOOKUP_INCONCLUSIVE", false, Optional.empty()));
    }
    Outbound outbound;
    try {
      outbound = outbound(request, raw);
    } catch (IllegalArgumentException _) {
      return Optional.of(conclusion.definite("REQUEST_INVALID", false));
    }
    try {
      return judge(request, send(request.place(), outbound));
    } catch (SendFailed e) {
      return Optional.of(lost(request, e));
    }
  }

  /// Not found means nothing where the other side's answer may lag or lack.
  private boolean isInconclusive() {
    return order.recovering()
        && call.action().recovery().map(each -> !each.negativeQueryIsAuthoritative()).orElse(false);
  }

  /// A body that is no JSON; its digest can be named, also when the request is left out.
  private Optional<byte[]> raw(RequestTemplate request) {
    Optional<byte[]> bytes = request.raw().map(each -> each.bytes(scope.json()));
    bytes
        .map(Digests::sha256)
        .ifPresent(digest ->
            scope.got(
                request.id(),
                "sha256Base64",
                TextNode.valueOf(Base64.getEncoder().encodeToString(digest))));
    return bytes;
  }

  private Outbound outbound(RequestTemplate request, Optional<byte[]> raw) {
    String query = Template.query(request.query(), scope.json());
    String path = Template.path(request.path(), scope.json());
    String target = query.isEmpty() ? path : path + "?" + query;
    Optional<Place> place = request.place().map(call.connector().places()::get);
    String host =
        place.map(each -> each.hostFor(order.instance().host())).orElse(order.instance().host());
    Optional<JsonNode> content =
        request.json().or(request::form).map(template -> Template.render(template, scope.json()));
    String prefix = credential.map(Credential::pathPrefix).orElse("");
    Outbound outbound =
        new Outbound(
            request.method(),
            host,
            place.map(Place::port).orElse(order.instance().port()),
            prefix + target,
            content
                .map(request.form().isPresent() ? Sequence::form : Sequence::body)
                .or(() -> raw.map(bytes -> body(request, bytes))));
    request
        .headers()
        .forEach((name, value) -> outbound.header(name, Template.text(value, scope.json())));
    credential.ifPresent(each -> each.sign(outbound, clock.instant()));
    Optional.ofNullable(request.evidence().get("request"))
        .ifPresent(kind -> evidence.request(kind, request.method(), host, target, content));
    return outbound;
  }

  private static Outbound.Body body(JsonNode json) {
    return new Outbound.Body(
        "application/json; charset=utf-8", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Outbound.Body body(RequestTemplate request, byte[] bytes) {
    String type = request.raw().map(RequestTemplate.Raw::mediaType).orElse("");
    return new Outbound.Body(Template.text(type, scope.json()), bytes);
  }

  private static Outbound.Body form(JsonNode members) {
    return new Outbound.Body(
        "application/x-www-form-urlencoded",
        Template.form(members).getBytes(StandardCharsets.US_ASCII));
  }

  /// Tickets live ten seconds and not beyond the proxy: a call that takes longer asks for more.
  private Answered send(Optional<String> place, Outbound outbound)
      throws SendFailed, InterruptedException {
    conclusion.requestMade();
    try {
      return attempt(place, outbound);
    } catch (SendFailed e) {
      if (e.sent() || !LAPSED.contains(e.code()) || !leave.renew()) {
        throw e;
      }
      return attempt(place, outbound);
    } finally {
      leave.used();
    }
  }

  private Answered attempt(Optional<String> place, Outbound outbound)
      throws SendFailed, InterruptedException {
    Protocol protocol =
        place
            .map(call.connector().places()::get)
            .map(Place::spoken)
            .orElseGet(call.connector()::protocol);
    try {
      return wires
          .speaking(protocol)
          .send(
              outbound,
              leave.next(place),
              Duration.ofSeconds(call.action().limits().seconds()),
              call.action().limits().maxDown());
    } catch (SendFailed e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the call was given up");
      }
      LOG.atWarn()
          .addKeyValue("run", order.run())
          .addKeyValue("step", order.step())
          .addKeyValue("call", order.callId())
          .addKeyValue("code", e.code())
          .addKeyValue("sent", e.sent())
          .log("a request got no answer");
      throw e;
    }
  }

  private Result lost(RequestTemplate request, SendFailed e) {
    return request.effect() && e.sent()
        ? conclusion.ambiguous(e.code(), e.retryable(), Optional.empty())
        : conclusion.failed(Verdict.failed(e.code(), e.retryable()));
  }

  private Optional<Result> judge(RequestTemplate request, Answered answer) {
    JsonNode body = evidence.clean(AnswerBody.of(request, answer));
    Optional.ofNullable(request.evidence().get("response"))
        .ifPresent(kind -> evidence.response(kind, answer, body));
    conclusion.answered(answer.status(), request.effect(), body);
    Verdict verdict = lapsed(answer, Verdict.of(call.connector(), request, answer, body, clock));
    if (!verdict.ok()) {
      return Optional.of(conclusion.failed(verdict));
    }
    boolean malformed = AnswerBody.isMalformed(answer, body);
    if (malformed || !extract(request, answer, body)) {
      return Optional.of(
          request.effect()
              ? conclusion.ambiguous("ANSWER_MALFORMED", true, Optional.empty())
              : conclusion.failed(Verdict.failed("ANSWER_MALFORMED", true)));
    }
    return checked(request);
  }

  /// Servers may grant a token that is about to run out. The next attempt asks for another one; how
  /// often, the step's own retries bound.
  private Verdict lapsed(Answered answer, Verdict verdict) {
    Optional<String> token = credential.flatMap(Credential::token);
    if (token.isEmpty() || answer.status() != UNAUTHORIZED || verdict.ok()) {
      return verdict;
    }
    order.refreshing().ifPresent(each -> each.refused(token.get()));
    return new Verdict(
        false, "TOKEN_REFUSED", verdict.definite(), true, verdict.retryAfterMillis());
  }

  private Optional<Result> checked(RequestTemplate request) {
    for (Check each : request.check()) {
      if (!each.holds(scope.json())) {
        return conclusion.checkFailed(each);
      }
    }
    if (request.effect()) {
      conclusion.effectDone();
    } else if (!request.check().isEmpty()) {
      conclusion.checkHeld();
    }
    return Optional.empty();
  }

  /// Whether everything required was there.
  private boolean extract(RequestTemplate request, Answered answer, JsonNode body) {
    boolean complete = true;
    for (Map.Entry<String, Extract> each : request.extract().entrySet()) {
      JsonNode found = found(each.getValue(), answer, body);
      if (!found.isMissingNode()) {
        scope.got(request.id(), each.getKey(), found);
      }
      complete &= !found.isMissingNode() || !each.getValue().required();
    }
    return complete;
  }

  private JsonNode found(Extract extract, Answered answer, JsonNode body) {
    JsonNode found =
        extract
            .header()
            .map(name -> header(extract, answer.header(name)))
            .orElseGet(() -> extract.from(body, scope.json()));
    if (found.isNull()) {
      return MissingNode.getInstance();
    }
    return extract.json() && found.isTextual()
        ? AnswerBody.json(found.textValue().getBytes(StandardCharsets.UTF_8))
        : found;
  }

  private JsonNode header(Extract extract, Optional<String> value) {
    return value
        .<JsonNode>map(TextNode::valueOf)
        .filter(each -> extract.fits(each, scope.json()))
        .orElseGet(MissingNode::getInstance);
  }
}
