package ai.rails.command.tenant;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

import ai.rails.command.CommandContext;
import ai.rails.command.Receipt;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.key.TenantSecrets;
import ai.rails.domain.Header;
import ai.rails.domain.tenant.Tenant;
import ai.rails.domain.tenant.TenantCommand.ConfirmKeyDestroyed;
import ai.rails.domain.tenant.TenantCommand.Destroyed;
import ai.rails.domain.tenant.TenantCommand.Offboard;
import ai.rails.domain.tenant.TenantCommand.ProposeOffboarding;
import ai.rails.domain.tenant.TenantCommand.WithdrawOffboarding;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;

/// The end of a tenant, by two people. Its wrapped keys and ciphertexts go in the transaction that
/// says so; then its key-encryption key is destroyed and tried, which is the next entry. If that
/// fails the decision is given again. Events stay: they have no content, and the log that they are
/// in stays verifiable.
public final class OffboardingApi {
  private static final int TRIES = 8;
  private static final String PATH = "/v1/tenants/{tenant}/offboarding";

  private final Writes writes;
  private final Database database;
  private final TenantSecrets secrets;
  private final Consumer<String> forget;

  /// @param forget takes the tenant's policy out of service
  public OffboardingApi(
      Writes writes, Database database, TenantSecrets secrets, Consumer<String> forget) {
    this.writes = writes;
    this.database = database;
    this.secrets = secrets;
    this.forget = forget;
  }

  /// `POST /v1/tenants/{tenant}/offboarding`.
  ///
  /// @param reason a code
  public record Proposal(String reason) {}

  /// `POST /v1/tenants/{tenant}/offboarding/decision`.
  public record Verdict(boolean approve) {}

  public List<Route> routes() {
    Access administrators = Access.roles(Role.ADMIN);
    return List.of(
        new Route("POST", PATH, Label.STRONG, administrators, this::propose),
        new Route("POST", PATH + "/decision", Label.STRONG, administrators, this::decide));
  }

  private Answer propose(Request request) {
    String tenant = request.path("tenant");
    return writes.once(
        request,
        writes.context(request, Header.TENANT_WORKSPACE),
        Draft.accepted(
            "/v1/tenants/" + tenant, Map.of("tenant", tenant, "offboarding", "PROPOSED")),
        TenantEntity.TYPE,
        new ProposeOffboarding(
            tenant, request.json(Proposal.class).reason(), request.principal().subject()));
  }

  private Answer decide(Request request) {
    String tenant = request.path("tenant");
    CommandContext context = writes.context(request, Header.TENANT_WORKSPACE);
    String by = request.principal().subject();
    if (!request.json(Verdict.class).approve()) {
      return writes.once(
          request,
          context,
          Draft.ok(Map.of("tenant", tenant, "offboarding", "WITHDRAWN")),
          TenantEntity.TYPE,
          new WithdrawOffboarding(tenant, by));
    }
    Tenant now = writes.bus().load(tenant, TenantEntity.TYPE, tenant);
    if (now.status() != Tenant.Status.OFFBOARDED) {
      offboard(context, tenant, by);
    }
    forget.accept(tenant);
    Receipt receipt = destroyKey(writes.context(request, Header.TENANT_WORKSPACE), tenant);
    Map<String, Object> body = new TreeMap<>();
    body.put("tenant", tenant);
    body.put("status", "OFFBOARDED");
    body.put("position", receipt.position());
    return Answer.ok(body);
  }

  private void offboard(CommandContext context, String tenant, String by) {
    String kek = secrets.keyId(tenant).orElse("none");
    for (int tries = 0; tries < TRIES; tries++) {
      Destroyed counted = database.inTenant(tenant, c -> TenantContent.count(c, tenant));
      try {
        Receipt _ =
            writes
                .bus()
                .dispatch(
                    context.with(c -> TenantContent.destroy(c, tenant, counted)),
                    TenantEntity.TYPE,
                    new Offboard(tenant, by, kek, counted));
        return;
      } catch (TenantContent.Changed _) {
        // Counted again: the event says exactly what goes with it.
      }
    }
    throw new Unavailable("the content of tenant %s changes all the time".formatted(tenant));
  }

  private Receipt destroyKey(CommandContext context, String tenant) {
    Tenant offboarded = writes.bus().load(tenant, TenantEntity.TYPE, tenant);
    Optional<String> kek = offboarded.kek();
    int refused = secrets.destroy(tenant);
    return writes
        .bus()
        .dispatch(
            context,
            TenantEntity.TYPE,
            new ConfirmKeyDestroyed(tenant, kek.orElse("none"), refused));
  }
}
