package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.Tenant.Status;
import ai.rails.domain.tenant.TenantCommand.ConfirmKeyDestroyed;
import ai.rails.domain.tenant.TenantCommand.ConfirmProvisioned;
import ai.rails.domain.tenant.TenantCommand.CreateTenant;
import ai.rails.domain.tenant.TenantCommand.CreateWorkspace;
import ai.rails.domain.tenant.TenantCommand.DeclareEnvironment;
import ai.rails.domain.tenant.TenantCommand.Offboard;
import ai.rails.domain.tenant.TenantCommand.ProposeOffboarding;
import ai.rails.domain.tenant.TenantCommand.RemoveProject;
import ai.rails.domain.tenant.TenantCommand.SetProject;
import ai.rails.domain.tenant.TenantCommand.WithdrawOffboarding;
import ai.rails.domain.tenant.TenantEvent.EnvironmentDeclared;
import ai.rails.domain.tenant.TenantEvent.EnvironmentProposed;
import ai.rails.domain.tenant.TenantEvent.ProjectRemoved;
import ai.rails.domain.tenant.TenantEvent.ProjectSet;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.TenantKeyDestroyed;
import ai.rails.domain.tenant.TenantEvent.TenantOffboarded;
import ai.rails.domain.tenant.TenantEvent.TenantOffboardingProposed;
import ai.rails.domain.tenant.TenantEvent.TenantOffboardingWithdrawn;
import ai.rails.domain.tenant.TenantEvent.TenantProvisioned;
import ai.rails.domain.tenant.TenantEvent.WorkspaceCreated;

/// How a tenant comes to be. Its ids become part of topic names and so have few characters.
public final class TenantRules implements Decider<TenantCommand, Tenant, TenantEvent> {
  /// Most workspaces of a tenant: each has a log, a signer's state and a share of the cell.
  public static final int MAX_WORKSPACES = 32;

  private static final Pattern CODE = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,63}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

  @Override
  public Tenant initial() {
    return Tenant.NONE;
  }

  @Override
  public List<TenantEvent> decide(Tenant tenant, TenantCommand command, Instant now) {
    requireName("tenant", command.tenant());
    return switch (command) {
      case CreateTenant c -> create(tenant, c);
      case ConfirmProvisioned c -> provisioned(tenant, c);
      case CreateWorkspace c -> workspace(tenant, c);
      case DeclareEnvironment c -> EnvironmentRules.declare(active(tenant, c.tenant()), c);
      case SetProject c -> ProjectRules.set(active(tenant, c.tenant()), c);
      case RemoveProject c -> ProjectRules.remove(active(tenant, c.tenant()), c);
      case ProposeOffboarding c -> propose(tenant, c);
      case WithdrawOffboarding c -> withdraw(tenant, c);
      case Offboard c -> offboard(tenant, c);
      case ConfirmKeyDestroyed c -> keyDestroyed(tenant, c);
    };
  }

  @Override
  public Tenant evolve(Tenant tenant, TenantEvent event) {
    return switch (event) {
      case TenantCreated e -> Tenant.in(Status.PROVISIONING, e.region(), e.cell());
      case TenantProvisioned _ -> tenant.is(Status.ACTIVE);
      case TenantOffboardingProposed e -> tenant.leaving(Optional.of(e.by()));
      case TenantOffboardingWithdrawn _ -> tenant.leaving(Optional.empty());
      case TenantOffboarded e -> tenant.is(Status.OFFBOARDED).without(Optional.of(e.kek()));
      case TenantKeyDestroyed _ -> tenant.without(Optional.empty());
      case WorkspaceCreated e -> tenant.and(e.workspaceId());
      case EnvironmentProposed e -> tenant.proposed(e);
      case EnvironmentDeclared e -> tenant.declared(e.environmentId(), e.kind());
      case ProjectSet e ->
          tenant.with(
              e.projectId(),
              Optional.of(
                  new Project(e.owner(), Set.copyOf(e.workspaces()), Set.copyOf(e.workflows()))));
      case ProjectRemoved e -> tenant.with(e.projectId(), Optional.empty());
    };
  }

  private static List<TenantEvent> create(Tenant tenant, CreateTenant c) {
    requireName("region", c.region());
    requireName("cell", c.cell());
    if (tenant.status() == Status.NONE) {
      return List.of(new TenantCreated(c.tenant(), c.region(), c.cell()));
    }
    if (tenant.region().equals(c.region()) && tenant.cell().equals(c.cell())) {
      return List.of();
    }
    throw new Refused(
        Code.ALREADY_EXISTS,
        "tenant %s lives in region %s, cell %s, and can not move"
            .formatted(c.tenant(), tenant.region(), tenant.cell()));
  }

  private static List<TenantEvent> provisioned(Tenant tenant, ConfirmProvisioned c) {
    return switch (tenant.status()) {
      case NONE -> throw notFound(c.tenant());
      case PROVISIONING -> List.of(new TenantProvisioned(c.tenant()));
      case ACTIVE, OFFBOARDED -> List.of();
    };
  }

  private static List<TenantEvent> propose(Tenant tenant, ProposeOffboarding c) {
    requireActive(tenant, c.tenant());
    if (!CODE.matcher(c.reason()).matches()) {
      throw new Refused(
          Code.INVALID, "reason is 1 to 64 lower-case letters, digits, hyphens, dots, underscores");
    }
    if (tenant.leaving().isPresent()) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "%s has proposed it; another administrator decides".formatted(tenant.leaving().get()));
    }
    return List.of(new TenantOffboardingProposed(c.tenant(), c.reason(), c.by()));
  }

  private static List<TenantEvent> withdraw(Tenant tenant, WithdrawOffboarding c) {
    requireActive(tenant, c.tenant());
    return tenant.leaving().isPresent()
        ? List.of(new TenantOffboardingWithdrawn(c.tenant(), c.by()))
        : List.of();
  }

  private static List<TenantEvent> offboard(Tenant tenant, Offboard c) {
    requireActive(tenant, c.tenant());
    String proposedBy =
        tenant
            .leaving()
            .orElseThrow(
                () -> new Refused(Code.NOT_FOUND, "nobody has proposed to offboard " + c.tenant()));
    if (proposedBy.equals(c.by())) {
      throw new Refused(
          Code.FORBIDDEN, "nobody offboards a tenant alone; ask another administrator");
    }
    TenantCommand.Destroyed gone = c.destroyed();
    return List.of(
        new TenantOffboarded(
            c.tenant(),
            proposedBy,
            c.by(),
            c.kek(),
            gone.runKeys(),
            gone.workflowKeys(),
            gone.ingestKeys(),
            gone.webhookSecrets(),
            gone.ciphertexts()));
  }

  private static List<TenantEvent> keyDestroyed(Tenant tenant, ConfirmKeyDestroyed c) {
    return tenant.kek().filter(c.kek()::equals).isPresent()
        ? List.of(new TenantKeyDestroyed(c.tenant(), c.kek(), c.refused()))
        : List.of();
  }

  private static Tenant active(Tenant tenant, String id) {
    requireActive(tenant, id);
    return tenant;
  }

  private static void requireActive(Tenant tenant, String id) {
    switch (tenant.status()) {
      case NONE -> throw notFound(id);
      case PROVISIONING ->
          throw new Refused(
              Code.TENANT_NOT_ACTIVE,
              "tenant %s is being provisioned; ask again when it is ACTIVE".formatted(id));
      case OFFBOARDED ->
          throw new Refused(
              Code.TENANT_NOT_ACTIVE, "tenant %s was offboarded for ever".formatted(id));
      case ACTIVE -> {}
    }
  }

  private static List<TenantEvent> workspace(Tenant tenant, CreateWorkspace c) {
    requireName("workspace", c.workspaceId());
    requireActive(tenant, c.tenant());
    if (tenant.workspaces().contains(c.workspaceId())) {
      return List.of();
    }
    if (tenant.workspaces().size() == MAX_WORKSPACES) {
      throw new Refused(
          Code.INVALID,
          "tenant %s has %d workspaces, which is the limit".formatted(c.tenant(), MAX_WORKSPACES));
    }
    return List.of(new WorkspaceCreated(c.tenant(), c.workspaceId()));
  }

  private static Refused notFound(String tenant) {
    return new Refused(Code.NOT_FOUND, "tenant %s does not exist".formatted(tenant));
  }

  static void requireName(String field, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new Refused(
          Code.INVALID,
          "%s must be 1 to 40 lower-case letters, digits or hyphens; it has %d characters"
              .formatted(field, value.length()));
    }
  }
}
