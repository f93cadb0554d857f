package ai.rails.command.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Workspaces;
import ai.rails.command.http.Writes;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.checkpoint.LogRules;
import ai.rails.domain.checkpoint.LogRules.Proposal;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.ledger.LogCommand.DecideEpoch;
import ai.rails.domain.ledger.LogCommand.ProposeEpoch;
import ai.rails.domain.ledger.LogEvent.Reason;
import ai.rails.domain.ledger.Origin;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;

/// Abandons a log and opens the next epoch of its workspace: for logs whose end is lost, that were
/// forked, or whose history can not be had again. One administrator proposes and another one
/// accepts; both are in the workspace's own history. The new log is bound to the last head that the
/// old one's key signed.
public final class EpochApi {
  private final Writes writes;
  private final Database database;
  private final String cellDomain;
  private final Optional<Path> policy;

  /// @param policy whose checkpoints are believed (`evidence.policy.file`); without it no epoch is
  ///   opened
  public EpochApi(Writes writes, Database database, String cellDomain, Optional<Path> policy) {
    this.writes = writes;
    this.database = database;
    this.cellDomain = cellDomain;
    this.policy = policy;
  }

  /// `POST /v1/ledgers/{ws}/epochs`.
  ///
  /// @param lastCheckpoint of the log that is to be abandoned, as a signed note
  record NewEpoch(Reason reason, String lastCheckpoint) {}

  /// `POST /v1/ledgers/{ws}/epochs/{proposal}/decision`.
  ///
  /// @param lastCheckpoint of the log as it is by now, to approve
  record Verdict(boolean approve, Optional<String> lastCheckpoint) {}

  public List<Route> routes() {
    Access administrators = Access.roles(Role.ADMIN);
    return List.of(
        new Route("POST", "/v1/ledgers/{ws}/epochs", Label.STRONG, administrators, this::propose),
        new Route(
            "POST",
            "/v1/ledgers/{ws}/epochs/{proposal}/decision",
            Label.STRONG,
            administrators,
            this::decide),
        new Route(
            "GET",
            "/access/v1/ledgers/{ws}/epoch-proposal",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.AUDITOR),
            this::open));
  }

  private Answer propose(Request request) {
    NewEpoch asked = request.json(NewEpoch.class);
    String workspace = workspace(request);
    requireSigned(asked.lastCheckpoint());
    Origin now = now(request, log(request, workspace));
    var proposal =
        new Proposal(
            writes.newId(), asked.reason(), asked.lastCheckpoint(), request.principal().subject());
    return writes.once(
        request,
        writes.context(request, workspace),
        Draft.accepted(
            "/access/v1/ledgers/%s/epoch-proposal".formatted(workspace), json(now, proposal)),
        LogEntity.TYPE,
        new ProposeEpoch(
            now, proposal.id(), proposal.reason(), proposal.lastCheckpoint(), proposal.by()));
  }

  private Answer decide(Request request) {
    String workspace = workspace(request);
    String proposal = Limits.requireId("proposal", request.path("proposal"));
    Verdict asked = request.json(Verdict.class);
    boolean approve = asked.approve();
    asked.lastCheckpoint().ifPresent(this::requireSigned);
    Origin now = now(request, log(request, workspace));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("workspace", workspace);
    body.put("proposal", proposal);
    body.put("state", approve ? "ACCEPTED" : "REJECTED");
    if (approve) {
      body.put("abandoned", now.toString());
      body.put("epoch", now.next().epoch());
      body.put("origin", now.next().toString());
    }
    return writes.once(
        request,
        writes.context(request, workspace),
        Draft.ok(body),
        LogEntity.TYPE,
        new DecideEpoch(
            now, proposal, approve, asked.lastCheckpoint(), request.principal().subject()));
  }

  /// What another administrator has to decide about.
  private Answer open(Request request) {
    String workspace = workspace(request);
    LogRules.Log log = log(request, workspace);
    return Answer.ok(
        json(
            now(request, log),
            log.proposal()
                .orElseThrow(() -> Problem.notFound("an epoch's proposal for " + workspace))));
  }

  private static Map<String, Object> json(Origin log, Proposal proposal) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("workspace", log.workspace());
    json.put("proposal", proposal.id());
    json.put("reason", proposal.reason());
    json.put("abandons", log.toString());
    json.put("lastCheckpoint", proposal.lastCheckpoint());
    json.put("proposedBy", proposal.by());
    json.put("state", "OPEN");
    return json;
  }

  /// @throws Refused if the tenant has no such workspace
  private String workspace(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireLog("workspace", request.path("ws"));
    long _ = database.inTenant(tenant, c -> Workspaces.position(c, tenant, workspace));
    return workspace;
  }

  private LogRules.Log log(Request request, String workspace) {
    return writes.bus().load(request.principal().tenant(), LogEntity.TYPE, workspace);
  }

  private Origin now(Request request, LogRules.Log log) {
    return Origin.first(cellDomain, request.principal().tenant(), request.path("ws"))
        .in(log.epoch());
  }

  private void requireSigned(String note) {
    Origin origin =
        LogRules.bound(note)
            .orElseThrow(() -> new Refused(Code.INVALID, "lastCheckpoint is no log's checkpoint"));
    if (policy.isEmpty()) {
      throw new Unavailable(
          "evidence.policy.file is not set, so no checkpoint can be believed; set it first",
          new IllegalStateException("no policy of the logs"));
    }
    TlogPolicy believed;
    try {
      believed = TlogPolicy.parse(Files.readString(policy.get(), StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException e) {
      throw new Unavailable("the policy of the logs can not be read", e);
    }
    if (!believed
        .forLog(origin.toString())
        .judge(Note.parse(note.getBytes(StandardCharsets.UTF_8)))
        .logSigned()) {
      throw new Refused(
          Code.INVALID, "lastCheckpoint is not signed with the key of the log " + origin);
    }
  }
}
