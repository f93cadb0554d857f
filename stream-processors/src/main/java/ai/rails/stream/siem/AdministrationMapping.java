package ai.rails.stream.siem;

import java.util.List;

import ai.rails.domain.access.AccessEvent;
import ai.rails.domain.access.AccessEvent.AccessRefused;
import ai.rails.domain.access.AccessEvent.EvidenceExported;
import ai.rails.domain.access.AccessEvent.EvidenceRead;
import ai.rails.domain.access.AccessEvent.RevealGranted;
import ai.rails.domain.budget.BudgetEvent;
import ai.rails.domain.budget.BudgetEvent.BudgetExhausted;
import ai.rails.domain.budget.BudgetEvent.BudgetLimitSet;
import ai.rails.domain.budget.BudgetEvent.BudgetSet;
import ai.rails.domain.connector.ConnectorInstanceEvent;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorRevoked;
import ai.rails.domain.connector.ConnectorInstanceEvent.CredentialStored;
import ai.rails.domain.policy.PolicyBundleEvent;
import ai.rails.domain.policy.PolicyBundleEvent.PauseLifted;
import ai.rails.domain.policy.PolicyBundleEvent.PausePlaced;
import ai.rails.domain.policy.PolicyBundleEvent.PauseScope;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyBundlePublished;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyDraftDecisioned;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyDrafted;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyExceptionGranted;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyExceptionWithdrawn;
import ai.rails.domain.policy.PolicyBundleEvent.PolicySimulated;
import ai.rails.domain.runner.RunnerEvent;
import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;
import ai.rails.domain.runner.RunnerEvent.RunnerRevoked;
import ai.rails.domain.siem.SiemEvent;
import ai.rails.domain.siem.SiemEvent.SiemGranted;
import ai.rails.domain.siem.SiemEvent.SiemRevoked;
import ai.rails.domain.siem.SiemEvent.SiemRotated;
import ai.rails.domain.tenant.TenantEvent;
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
import ai.rails.domain.workflow.WorkflowEvent;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseApproved;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseWithdrawn;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowActivated;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowDeactivated;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowPublished;
import ai.rails.stream.siem.Activity.Change;

/// Tells administrative acts: who changed what, granted what, was refused what.
final class AdministrationMapping {
  private static final List<String> READS = List.of("read:ocsf", "read:checkpoints");

  private AdministrationMapping() {}

  static OcsfDraft of(Entry entry, TenantEvent event) {
    return switch (event) {
      case TenantCreated e -> {
        OcsfDraft draft = entity(entry, Change.CREATE, "tenant", e.tenant()).succeeded();
        draft.unmapped("tenant").put("region", Shown.id(e.region()));
        draft.unmapped("tenant").put("cell", Shown.id(e.cell()));
        yield draft;
      }
      case TenantProvisioned e -> entity(entry, Change.ACTIVATE, "tenant", e.tenant()).succeeded();
      case TenantOffboardingProposed e ->
          entity(entry, Change.DEACTIVATE, "tenant_offboarding", e.tenant()).succeeded();
      case TenantOffboardingWithdrawn e ->
          entity(entry, Change.ACTIVATE, "tenant_offboarding", e.tenant()).succeeded();
      case TenantOffboarded e -> {
        OcsfDraft draft = entity(entry, Change.DELETE, "tenant", e.tenant()).succeeded();
        draft.unmapped("tenant").put("kek", Shown.id(e.kek())).put("run_keys", e.runKeys());
        yield draft;
      }
      case TenantKeyDestroyed e -> entity(entry, Change.DELETE, "tenant_key", e.kek()).succeeded();
      case WorkspaceCreated e ->
          entity(entry, Change.CREATE, "workspace", e.workspaceId()).succeeded();
      case EnvironmentProposed e ->
          entity(entry, Change.CREATE, "environment_proposal", e.environmentId())
              .comment(e.kind().name())
              .succeeded();
      case EnvironmentDeclared e ->
          entity(entry, Change.CREATE, "environment", e.environmentId())
              .comment(e.kind().name())
              .succeeded();
      case ProjectSet e -> {
        OcsfDraft draft = entity(entry, Change.UPDATE, "project", e.projectId()).succeeded();
        draft
            .unmapped("project")
            .put("owner", Shown.id(e.owner()))
            .put("workspaces", e.workspaces().size())
            .put("workflows", e.workflows().size());
        yield draft;
      }
      case ProjectRemoved e -> entity(entry, Change.DELETE, "project", e.projectId()).succeeded();
    };
  }

  static OcsfDraft of(Entry entry, WorkflowEvent event) {
    return switch (event) {
      case WorkflowPublished e -> {
        OcsfDraft draft =
            entity(entry, Change.CREATE, "workflow", e.workflow()).version(e.version());
        draft
            .unmapped("workflow")
            .put("artifact_digest", Shown.id(e.artifactDigest()))
            .put("manifest_digest", Shown.id(e.manifestDigest()))
            .put("signing_key", Shown.id(e.signingKeyId()))
            .put("author", Shown.id(e.author()));
        yield draft.succeeded();
      }
      case WorkflowActivated e ->
          ring(entry, Change.ACTIVATE, e.workflow(), e.version(), e.artifactDigest());
      case ReleaseApproved e -> {
        OcsfDraft draft =
            entity(entry, Change.UPDATE, "workflow", e.workflow()).version(e.version()).succeeded();
        draft
            .unmapped("workflow")
            .put("artifact_digest", Shown.id(e.artifactDigest()))
            .put("author", Shown.id(e.author()))
            .put("released_by", Shown.id(e.approver()));
        yield draft;
      }
      case ReleaseWithdrawn e ->
          ring(entry, Change.DEACTIVATE, e.workflow(), e.version(), e.artifactDigest())
              .comment(e.reason());
      case WorkflowDeactivated e ->
          ring(entry, Change.DEACTIVATE, e.workflow(), e.version(), e.artifactDigest());
      case ArtifactRefused e -> {
        OcsfDraft draft =
            RunMapping.activity(entry, Activity.finding())
                .finding(
                    "artifact/" + Shown.id(e.workflow()) + "/" + Shown.id(e.artifactDigest()),
                    "A stored workflow artifact does not match its digest or signature")
                .status(1, "New")
                .statusCode(e.reason());
        yield draft.resource("workflow", e.workflow());
      }
    };
  }

  static OcsfDraft of(Entry entry, ConnectorInstanceEvent event) {
    return switch (event) {
      case ConnectorInstanceCreated e -> {
        OcsfDraft draft = entity(entry, Change.CREATE, "connector_instance", e.instance());
        draft
            .unmapped("connector")
            .put("uid", Shown.id(e.connector()))
            .put("digest", Shown.id(e.connectorDigest()))
            .put("host", Shown.id(e.host()))
            .put("port", e.port());
        e.runner().ifPresent(runner -> draft.unmapped("connector").put("runner", Shown.id(runner)));
        yield draft.succeeded();
      }
      case ConnectorInstanceChanged e ->
          entity(entry, Change.UPDATE, "connector_instance", e.instance())
              .comment(e.part().name())
              .succeeded();
      case BreakerChanged e ->
          entity(entry, Change.UPDATE, "connector_breaker", e.instance())
              .comment(e.state().name())
              .succeeded();
      case ConnectorRevoked e -> {
        OcsfDraft draft = entity(entry, Change.UPDATE, "connector_instance", e.instance());
        draft
            .unmapped("connector")
            .put("uid", Shown.id(e.connector()))
            .put("digest", Shown.id(e.connectorDigest()));
        yield draft.comment("REVOKED").succeeded();
      }
      case CredentialStored e ->
          entity(entry, Change.UPDATE, "connector_credential", e.instance()).succeeded();
    };
  }

  static OcsfDraft of(Entry entry, PolicyBundleEvent event) {
    return switch (event) {
      case PolicyBundlePublished e -> {
        OcsfDraft draft =
            entity(entry, Change.UPDATE, "policy_bundle", e.bundle()).version(e.revision());
        draft
            .object("entity")
            .putObject("policy")
            .put("uid", Shown.id(e.bundle()))
            .put("version", Shown.id(e.revision()));
        draft.unmapped("policy").put("content_sha256", Shown.id(e.contentSha256()));
        draft.unmapped("policy").put("author", Shown.id(e.author()));
        yield draft.succeeded();
      }
      case PolicySimulated e -> {
        OcsfDraft draft =
            entity(entry, Change.CREATE, "policy_simulation", e.simulation()).succeeded();
        draft
            .unmapped("policy")
            .put("bundle", Shown.id(e.bundle()))
            .put("content_sha256", Shown.id(e.candidateSha256()))
            .put("report_sha256", Shown.id(e.reportSha256()))
            .put("decisions", e.decisions())
            .put("changed", e.changed())
            .put("reproduced", e.reproduced());
        yield draft;
      }
      case PolicyDrafted e -> draft(entry, Change.CREATE, e.bundle(), e.draft(), e.contentSha256());
      case PolicyDraftDecisioned e ->
          draft(
              entry,
              e.approved() ? Change.ACTIVATE : Change.DELETE,
              e.bundle(),
              e.draft(),
              e.contentSha256());
      case PolicyExceptionGranted e -> {
        OcsfDraft told = entity(entry, Change.ACTIVATE, "policy_exception", e.exception());
        told.unmapped("policy")
            .put("tool", Shown.id(e.tool()))
            .put("action", Shown.id(e.action()))
            .put("waives", Shown.id(e.waives()))
            .put("reason", Shown.id(e.reason()))
            .put("approver", Shown.id(e.approver()));
        yield told.succeeded();
      }
      case PolicyExceptionWithdrawn e ->
          entity(entry, Change.DEACTIVATE, "policy_exception", e.exception()).succeeded();
      case PausePlaced e -> pause(entry, Change.DEACTIVATE, e.scope(), e.target(), e.code());
      case PauseLifted e -> pause(entry, Change.ACTIVATE, e.scope(), e.target(), "lifted");
    };
  }

  private static OcsfDraft draft(
      Entry entry, Change change, String bundle, String draft, String contentSha256) {
    OcsfDraft told = entity(entry, change, "policy_draft", draft);
    told.unmapped("policy")
        .put("bundle", Shown.id(bundle))
        .put("content_sha256", Shown.id(contentSha256));
    return told.succeeded();
  }

  private static OcsfDraft pause(
      Entry entry, Change change, PauseScope scope, String target, String code) {
    OcsfDraft told = entity(entry, change, "pause", scope.name() + "/" + Shown.id(target));
    told.unmapped("pause").put("scope", scope.name()).put("target", Shown.id(target));
    return told.comment(code).succeeded();
  }

  static OcsfDraft of(Entry entry, BudgetEvent event) {
    return switch (event) {
      case BudgetLimitSet e -> {
        OcsfDraft draft = entity(entry, Change.UPDATE, "budget", e.budget()).succeeded();
        RunMapping.money(draft.unmapped("cost"), e.monthly());
        yield draft;
      }
      case BudgetSet e ->
          entity(entry, Change.UPDATE, "budget", e.budget())
              .comment("%s %s".formatted(e.period(), e.unit()))
              .succeeded();
      case BudgetExhausted e ->
          entity(entry, Change.UPDATE, "budget", e.budget())
              .comment("%s %s %s".formatted(e.period(), e.unit(), e.window()))
              .failed("BUDGET_EXHAUSTED");
    };
  }

  static OcsfDraft of(Entry entry, AccessEvent event) {
    return switch (event) {
      case AccessRefused e ->
          RunMapping.activity(entry, Activity.api("Refuse"))
              .api(e.route(), "api")
              .resource("requested", e.resource())
              .control(Control.UNAUTHORIZED)
              .failed(e.code())
              .alert();
      case EvidenceRead e ->
          RunMapping.activity(entry, Activity.apiRead())
              .api(e.route(), "api")
              .resource("evidence", e.resource())
              .succeeded();
      case EvidenceExported e -> {
        OcsfDraft draft =
            RunMapping.activity(entry, Activity.export())
                .webResource("evidence_bundle", e.resource())
                .succeeded();
        draft.unmapped("evidence").put("scope", e.scope().name()).put("tree_size", e.treeSize());
        yield draft;
      }
      case RevealGranted e -> {
        OcsfDraft draft =
            RunMapping.activity(entry, Activity.apiRead())
                .api("POST /v1/runs/{run}/reveals", "api")
                .resource("run_content", e.run())
                .succeeded();
        draft
            .unmapped("reveal")
            .put("id", Shown.id(e.reveal()))
            .put("kind", e.kind().name())
            .put("name", Shown.code(e.name()))
            .put("key_sha256", Shown.id(e.keySha256()));
        yield draft;
      }
    };
  }

  static OcsfDraft of(Entry entry, SiemEvent event) {
    return switch (event) {
      case SiemGranted e -> {
        OcsfDraft draft = subscriber(entry, Activity.assign(), e.principal()).privileges(READS);
        draft.unmapped("siem").put("generation", e.generation());
        yield draft;
      }
      case SiemRotated e -> {
        OcsfDraft draft = subscriber(entry, Activity.passwordChange(), e.principal());
        draft.unmapped("siem").put("generation", e.generation());
        yield draft;
      }
      case SiemRevoked e -> subscriber(entry, Activity.revoke(), e.principal()).privileges(READS);
    };
  }

  static OcsfDraft of(Entry entry, RunnerEvent event) {
    return switch (event) {
      case RunnerRegistered e -> {
        OcsfDraft draft = entity(entry, Change.ACTIVATE, "runner", e.runner()).succeeded();
        draft
            .unmapped("runner")
            .put("environment", Shown.id(e.environment()))
            .put("tls_key_sha256", Shown.id(e.tlsKeySha256()))
            .put("sealing_key_sha256", Shown.id(e.sealingKeySha256()));
        yield draft;
      }
      case RunnerRevoked e -> entity(entry, Change.DEACTIVATE, "runner", e.runner()).succeeded();
    };
  }

  private static OcsfDraft subscriber(Entry entry, Activity activity, String principal) {
    OcsfDraft draft = RunMapping.activity(entry, activity).succeeded();
    draft.object("user").setAll(OcsfDraft.user(principal, 4, "Service"));
    return draft;
  }

  /// An act upon a managed thing.
  static OcsfDraft entity(Entry entry, Change change, String type, String uid) {
    return RunMapping.activity(entry, Activity.entity(change)).entity(type, uid);
  }

  private static OcsfDraft ring(
      Entry entry, Change change, String workflow, String version, String digest) {
    OcsfDraft draft = entity(entry, change, "workflow", workflow).version(version).succeeded();
    draft.unmapped("workflow").put("artifact_digest", Shown.id(digest));
    return draft;
  }
}
