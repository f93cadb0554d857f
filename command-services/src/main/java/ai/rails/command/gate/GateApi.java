package ai.rails.command.gate;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import ai.rails.command.CommandContext;
import ai.rails.command.TransactionPart;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.key.SealedTo;
import ai.rails.command.workflow.Digests;
import ai.rails.domain.Limits;
import ai.rails.domain.SealedRef;
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
import ai.rails.platform.postgres.Sql;

/// Decisions about gates, by people with a token. The rules of the run say who may.
public final class GateApi {
  private static final int MAX_COMMENT_BYTES = 64 << 10;

  private final Writes writes;
  private final Gates gates;

  public GateApi(Writes writes, Gates gates) {
    this.writes = writes;
    this.gates = gates;
  }

  /// `POST /v1/runs/{run}/gates/{gate}/decisions`.
  ///
  /// @param callDigest of the call that the person was shown
  /// @param comment sealed text, base64
  /// @param channel `API` unless the command line says `CLI`
  public record Decision(
      Verdict verdict, String callDigest, Optional<String> comment, Optional<String> channel) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/runs/{run}/gates/{gate}/decisions",
            Label.STRONG,
            Access.roles(Role.APPROVER, Role.OPERATOR, Role.BUILDER, Role.ADMIN),
            this::decide));
  }

  private Answer decide(Request request) {
    Principal person = request.principal();
    String run = Limits.requireId("run", request.path("run"));
    String gate = Limits.requireId("gate", request.path("gate"));
    Decision decision = request.json(Decision.class);
    Optional<byte[]> comment = decision.comment().map(GateApi::comment);
    comment.ifPresent(
        bytes -> SealedTo.require(gates.ingestPublic(person.tenant(), run), bytes, "comment"));
    Optional<SealedRef> ref = comment.map(bytes -> ref(gate, bytes));
    List<TransactionPart> parts =
        comment.map(bytes -> List.of(store(person.tenant(), run, ref, bytes))).orElse(List.of());
    CommandContext context =
        gates.context(person.tenant(), run, person.subject(), request.traceparent(), parts);
    return writes.once(
        request,
        context,
        Draft.ok(Map.of("run", run, "gate", gate, "verdict", decision.verdict())),
        gates.runs(),
        new DecideGate(
            person.tenant(),
            run,
            gate,
            decision.verdict(),
            person.subject(),
            gates.roles(person.tenant(), person.subject(), words(person)),
            channel(decision),
            decision.callDigest(),
            ref));
  }

  private static java.util.Set<String> words(Principal person) {
    return person.roles().stream().map(Role::word).collect(Collectors.toSet());
  }

  private static String channel(Decision decision) {
    String channel = decision.channel().orElse("API");
    if (!channel.equals("API") && !channel.equals("CLI")) {
      throw Problem.invalid("channel must be API or CLI");
    }
    return channel;
  }

  private static byte[] comment(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length > 0 && bytes.length <= MAX_COMMENT_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("comment must be sealed text in base64");
    }
    throw Problem.invalid("a sealed comment has 1 to %d bytes".formatted(MAX_COMMENT_BYTES));
  }

  private static SealedRef ref(String gate, byte[] sealed) {
    String digest = Digests.hex(sealed);
    return new SealedRef(
        "%s/comment/%s".formatted(gate, digest.substring(0, 16)), digest, sealed.length);
  }

  private static TransactionPart store(
      String tenant, String run, Optional<SealedRef> ref, byte[] sealed) {
    return connection ->
        Sql.execute(
            connection,
            """
            INSERT INTO sealed_content (tenant, run, ref, ciphertext) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING\
            """,
            tenant,
            run,
            ref.orElseThrow().ref(),
            sealed);
  }
}
