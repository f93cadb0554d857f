package ai.rails.command.gate;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import ai.rails.command.CommandContext;
import ai.rails.command.Receipt;
import ai.rails.command.gate.Signing.Signed;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.key.SealedTo;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.SealedRef;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.gate.Say;
import ai.rails.domain.run.RunCommand.CorrectCall;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;

/// Decisions about gates, by people with a token. The rules of the run say who may.
public final class GateApi {
  private static final int MAX_SEALED_BYTES = 64 << 10;

  private final Writes writes;
  private final Gates gates;
  private final Signing signing;
  private final DelegationApi delegations;
  private final ApproverLoad load;

  GateApi(
      Writes writes, Gates gates, Signing signing, DelegationApi delegations, ApproverLoad load) {
    this.writes = writes;
    this.gates = gates;
    this.signing = signing;
    this.delegations = delegations;
    this.load = load;
  }

  /// `POST /v1/runs/{run}/gates/{gate}/decisions`.
  ///
  /// @param callDigest of the call that the person was shown
  /// @param comment sealed text, base64
  /// @param channel `API` unless the command line says `CLI`
  /// @param delegation by which another person's say was handed to this one
  /// @param assertion of a passkey, over the call
  public record Decision(
      Verdict verdict,
      String callDigest,
      Optional<String> comment,
      Optional<String> channel,
      Optional<String> delegation,
      Optional<Signing.Assertion> assertion) {}

  /// `POST /v1/runs/{run}/gates/{gate}/corrections`.
  ///
  /// @param callDigest of the call that the person was shown
  /// @param correctedDigest of the one that he made of it
  /// @param fields names of the parameters that he corrected
  /// @param correction sealed values and salt, base64
  /// @param assertion of a passkey, over the corrected call
  public record Correction(
      String callDigest,
      String correctedDigest,
      List<String> fields,
      String correction,
      Optional<String> channel,
      Optional<Signing.Assertion> assertion) {
    public Correction {
      fields = List.copyOf(fields);
    }
  }

  /// One call that a gate is about.
  public record GateCall(String run, String gate, String callDigest) {}

  /// `POST /v1/gate-decisions`.
  public record Decisions(
      Verdict verdict,
      List<GateCall> items,
      Optional<String> channel,
      Optional<String> delegation,
      Optional<Signing.Assertion> assertion) {
    public Decisions {
      items = List.copyOf(items);
    }
  }

  List<Route> routes() {
    Access people = Access.roles(Role.APPROVER, Role.OPERATOR, Role.BUILDER, Role.ADMIN);
    return List.of(
        new Route(
            "POST", "/v1/runs/{run}/gates/{gate}/decisions", Label.STRONG, people, this::decide),
        new Route(
            "POST", "/v1/runs/{run}/gates/{gate}/corrections", Label.STRONG, people, this::correct),
        new Route("POST", "/v1/gate-decisions", Label.STRONG, people, this::decideAll),
        new Route("GET", "/access/v1/says", Label.STRONG, people, this::says));
  }

  /// What the caller decides with: roles of his token and of the tenant, and groups of its policy.
  private Answer says(Request request) {
    Principal person = request.principal();
    return Answer.ok(
        Map.of("roles", gates.roles(person.tenant(), person.subject(), words(person))));
  }

  private Answer decide(Request request) {
    Principal person = request.principal();
    String run = Limits.requireId("run", request.path("run"));
    String gate = Limits.requireId("gate", request.path("gate"));
    Decision decision = request.json(Decision.class);
    Optional<SealedComment> comment =
        decision
            .comment()
            .map(text ->
                SealedComment.of(
                    person.tenant(), run, gate, sealed(person.tenant(), run, "comment", text)));
    CommandContext context =
        gates.context(
            person.tenant(),
            run,
            person.subject(),
            request.traceparent(),
            comment.map(SealedComment::parts).orElse(List.of()));
    String channel = channel(decision.channel());
    Said said =
        new Said(
            new GateCall(run, gate, decision.callDigest()),
            decision.verdict(),
            comment.map(SealedComment::ref),
            channel,
            decision.delegation());
    // Whatever uses something up happens inside: a repeated request gets the stored answer.
    return writes.once(
        request,
        context.workspace(),
        Draft.ok(Map.of("run", run, "gate", gate, "verdict", decision.verdict())),
        part ->
            give(
                person,
                context.with(part),
                said,
                decision.assertion().map(assertion -> signing.check(person, assertion))));
  }

  /// What a person says about one call.
  private record Said(
      GateCall call,
      Verdict verdict,
      Optional<SealedRef> comment,
      String channel,
      Optional<String> delegation) {}

  private Receipt give(
      Principal person, CommandContext context, Said said, Optional<Signed> signed) {
    String tenant = person.tenant();
    GateCall call = said.call();
    requireVerdict(said.verdict(), said.delegation().isPresent(), signed.isPresent());
    Optional<Say> say =
        said.delegation()
            .map(id -> delegations.say(tenant, id, person.subject(), call.run(), call.gate()));
    CommandContext full = context.with(load.check(tenant, person.subject(), said.verdict()));
    if (say.isPresent()) {
      String id = say.get().delegation();
      full = full.with(delegations.hold(tenant, id, person.subject(), call.run(), call.gate()));
    }
    if (signed.isPresent()) {
      full = full.with(signing.use(person, signed.get(), call.callDigest()));
    }
    return gates.bus().dispatch(full, gates.runs(), decision(person, said, say, signed));
  }

  private DecideGate decision(
      Principal person, Said said, Optional<Say> say, Optional<Signed> signed) {
    return new DecideGate(
        person.tenant(),
        said.call().run(),
        said.call().gate(),
        said.verdict(),
        person.subject(),
        gates.roles(person.tenant(), person.subject(), words(person)),
        said.channel(),
        said.call().callDigest(),
        said.comment(),
        say,
        signed.map(Signed::signature));
  }

  /// The signature, where there is one, is over the corrected call.
  private Answer correct(Request request) {
    Principal person = request.principal();
    String tenant = person.tenant();
    String run = Limits.requireId("run", request.path("run"));
    String gate = Limits.requireId("gate", request.path("gate"));
    Correction asked = request.json(Correction.class);
    Limits.requireId("correctedDigest", asked.correctedDigest());
    SealedComment correction =
        SealedComment.correction(
            tenant, run, gate, sealed(tenant, run, "correction", asked.correction()));
    Said said =
        new Said(
            new GateCall(run, gate, asked.callDigest()),
            Verdict.APPROVE,
            Optional.empty(),
            channel(asked.channel()),
            Optional.empty());
    CommandContext context =
        gates
            .context(tenant, run, person.subject(), request.traceparent(), correction.parts())
            .with(load.check(tenant, person.subject(), Verdict.APPROVE));
    return writes.once(
        request,
        context.workspace(),
        Draft.ok(Map.of("run", run, "gate", gate, "correctedDigest", asked.correctedDigest())),
        part -> {
          Optional<Signed> signed = asked.assertion().map(each -> signing.check(person, each));
          CommandContext full = context.with(part);
          if (signed.isPresent()) {
            full = full.with(signing.use(person, signed.get(), asked.correctedDigest()));
          }
          return gates
              .bus()
              .dispatch(
                  full,
                  gates.runs(),
                  new CorrectCall(
                      decision(person, said, Optional.empty(), signed),
                      asked.correctedDigest(),
                      asked.fields(),
                      correction.ref()));
        });
  }

  /// A signature says yes and nothing else; a handed say decides, and asks no questions.
  private static void requireVerdict(Verdict verdict, boolean delegated, boolean signed) {
    if (signed && verdict != Verdict.APPROVE) {
      throw Problem.invalid("a passkey signs approvals only");
    }
    if (delegated && verdict != Verdict.APPROVE && verdict != Verdict.DENY) {
      throw Problem.invalid("with another person's say one approves or denies");
    }
  }

  /// Each call is decided in its own run and transaction; one that is refused holds up no other.
  private Answer decideAll(Request request) {
    Decisions asked = request.json(Decisions.class);
    requireBatch(request.principal().tenant(), asked);
    return writes.several(request, () -> decided(request, asked));
  }

  private Map<String, Object> decided(Request request, Decisions asked) {
    Principal person = request.principal();
    String channel = channel(asked.channel());
    List<GateCall> open =
        asked.items().stream().filter(call -> !said(person, asked.verdict(), call)).toList();
    Optional<Signed> signed =
        open.isEmpty()
            ? Optional.empty()
            : asked.assertion().map(assertion -> signing.check(person, assertion));
    signed.ifPresent(s -> requireSame(s.signature().digests(), asked.items()));
    List<Map<String, Object>> items = new ArrayList<>();
    int decided = 0;
    for (GateCall call : asked.items()) {
      Map<String, Object> item = new TreeMap<>();
      item.put("run", call.run());
      item.put("gate", call.gate());
      item.put("callDigest", call.callDigest());
      if (open.contains(call)) {
        Said said = new Said(call, asked.verdict(), Optional.empty(), channel, asked.delegation());
        item.putAll(one(request, person, said, signed));
      } else {
        item.put("decided", true);
      }
      decided += Boolean.TRUE.equals(item.get("decided")) ? 1 : 0;
      items.add(item);
    }
    return Map.of("items", items, "decided", decided);
  }

  /// Whether a person's approval of exactly this call stands: one that was taken back, or discarded
  /// when others were asked, does not.
  private boolean said(Principal person, Verdict verdict, GateCall call) {
    return verdict == Verdict.APPROVE
        && gates.stands(
            person.tenant(), call.run(), call.gate(), call.callDigest(), person.subject());
  }

  private Map<String, Object> one(
      Request request, Principal person, Said said, Optional<Signed> signed) {
    try {
      CommandContext context =
          gates.context(
              person.tenant(),
              said.call().run(),
              person.subject(),
              request.traceparent(),
              List.of());
      Receipt receipt = give(person, context, said, signed);
      return Map.of("decided", true, "position", receipt.position());
    } catch (Refused refused) {
      return Map.of(
          "decided", false,
          "code", refused.code().name(),
          "detail", String.valueOf(refused.getMessage()));
    }
  }

  /// A person can look at several calls of one kind at once; of different kinds he can not.
  private void requireBatch(String tenant, Decisions asked) {
    Set<String> digests = new HashSet<>();
    asked.items().forEach(call -> digests.add(call.callDigest()));
    if (digests.size() != asked.items().size()
        || asked.items().isEmpty()
        || asked.items().size() > PasskeySignature.MAX_DIGESTS) {
      throw Problem.invalid("name 1 to %s different calls".formatted(PasskeySignature.MAX_DIGESTS));
    }
    if (asked.verdict() != Verdict.APPROVE && asked.verdict() != Verdict.DENY) {
      throw Problem.invalid("several calls are approved or denied");
    }
    Set<String> kinds = new HashSet<>();
    for (GateCall call : asked.items()) {
      kinds.add(
          gates.kind(
              tenant, Limits.requireId("run", call.run()), Limits.requireId("gate", call.gate())));
    }
    if (kinds.size() != 1) {
      throw Problem.invalid(
          "the calls are of %s workflows or steps; decide about one kind at a time"
              .formatted(kinds.size()));
    }
  }

  private static void requireSame(List<String> signed, List<GateCall> items) {
    if (!signed.equals(items.stream().map(GateCall::callDigest).toList())) {
      throw new Refused(
          Code.SIGNATURE_INVALID, "the passkey signed another list of calls, or another order");
    }
  }

  private static Set<String> words(Principal person) {
    return person.roles().stream().map(Role::word).collect(Collectors.toSet());
  }

  private static String channel(Optional<String> asked) {
    String channel = asked.orElse("API");
    if (!channel.equals("API") && !channel.equals("CLI")) {
      throw Problem.invalid("channel must be API or CLI");
    }
    return channel;
  }

  /// @throws Problem with 422 unless it is sealed to the key of the run's workflow version
  private byte[] sealed(String tenant, String run, String member, String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length > 0 && bytes.length <= MAX_SEALED_BYTES) {
        SealedTo.require(gates.ingestPublic(tenant, run), bytes, member);
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("%s must be sealed, in base64".formatted(member));
    }
    throw Problem.invalid("a sealed %s has 1 to %d bytes".formatted(member, MAX_SEALED_BYTES));
  }
}
