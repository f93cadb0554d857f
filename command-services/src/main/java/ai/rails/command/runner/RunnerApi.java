package ai.rails.command.runner;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.workflow.Digests;
import ai.rails.domain.Limits;
import ai.rails.domain.runner.RunnerCommand.RegisterRunner;
import ai.rails.domain.runner.RunnerCommand.RevokeRunner;
import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;
import ai.rails.domain.runner.RunnerRules;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.keys.RunnerCard;

/// Registering and revoking runners. What a card says of tenant, workspace and environment is its
/// certificate's word; nobody else's is asked.
public final class RunnerApi {
  private static final String RUNNERS = "/v1/workspaces/{ws}/runners";

  private final Writes writes;
  private final Optional<Path> authorities;
  private final Optional<String> ticketKey;
  private final InstantSource clock;

  /// @param authorities PEM: who may name runners; without it none can be registered
  /// @param ticketKey public key of egress tickets, base64, for the proxy beside a runner
  public RunnerApi(
      Writes writes, Optional<Path> authorities, Optional<String> ticketKey, InstantSource clock) {
    this.writes = writes;
    this.authorities = authorities;
    this.ticketKey = ticketKey;
    this.clock = clock;
  }

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    return List.of(
        new Route("POST", RUNNERS, Label.STRONG, admins, this::register, 4 * RunnerCard.MAX_LENGTH),
        new Route("POST", RUNNERS + "/{runner}/revoke", Label.STRONG, admins, this::revoke));
  }

  private Answer register(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    RunnerCard card = request.json(RunnerCard.class);
    RunnerCard.Verified verified = verified(card);
    RunnerIdentity who = verified.identity();
    if (!who.tenant().equals(tenant) || !who.workspace().equals(workspace)) {
      throw Problem.invalid("the certificate names a runner of another tenant or workspace");
    }
    CommandContext context =
        writes
            .context(request, workspace)
            .with(c -> RunnerRows.register(c, who, card, verified.tlsKeySha256()));
    return writes.once(
        request,
        context,
        Draft.created("/v1/workspaces/%s/runners/%s".formatted(workspace, who.runner()), told(who)),
        RunnerEntity.TYPE,
        new RegisterRunner(
            tenant,
            new RunnerRegistered(
                who.runner(),
                who.environment(),
                verified.tlsKeySha256(),
                Digests.hex(verified.hpkePublicKey()))));
  }

  private Map<String, Object> told(RunnerIdentity who) {
    Map<String, Object> told =
        new TreeMap<>(
            Map.of(
                "runner", who.runner(),
                "environment", who.environment(),
                "proxyId", who.proxyId()));
    ticketKey.ifPresent(key -> told.put("ticketPublicKey", key));
    return told;
  }

  private Answer revoke(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String runner = RunnerRules.requireName(request.path("runner"));
    CommandContext context =
        writes
            .context(request, workspace)
            .with(c -> RunnerRows.revoke(c, tenant, workspace, runner));
    return writes.once(
        request,
        context,
        Draft.ok(Map.of("runner", runner)),
        RunnerEntity.TYPE,
        new RevokeRunner(tenant, runner));
  }

  private RunnerCard.Verified verified(RunnerCard card) {
    try {
      return card.verified(authorities(), clock.instant());
    } catch (GeneralSecurityException e) {
      throw Problem.invalid(
          "the card does not hold: %s; make it with rails runner card".formatted(e.getMessage()));
    }
  }

  private List<X509Certificate> authorities() throws GeneralSecurityException {
    List<X509Certificate> found = new ArrayList<>();
    if (authorities.isPresent()) {
      try (InputStream in = Files.newInputStream(authorities.get())) {
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          found.add((X509Certificate) each);
        }
      } catch (IOException e) {
        throw new GeneralSecurityException("runner.ca.file can not be read", e);
      }
    }
    return found;
  }
}
