package ai.rails.stream.siem;

import java.util.List;

import ai.rails.domain.tenant.PersonEvent;
import ai.rails.domain.tenant.PersonEvent.ApiKeyIssued;
import ai.rails.domain.tenant.PersonEvent.ApiKeyRevoked;
import ai.rails.domain.tenant.PersonEvent.ApprovalDelegated;
import ai.rails.domain.tenant.PersonEvent.AuditAccessEnded;
import ai.rails.domain.tenant.PersonEvent.AuditAccessGranted;
import ai.rails.domain.tenant.PersonEvent.DelegationRevoked;
import ai.rails.domain.tenant.PersonEvent.IdentityLinkDecisioned;
import ai.rails.domain.tenant.PersonEvent.IdentityLinkProposed;
import ai.rails.domain.tenant.PersonEvent.IdentityLinked;
import ai.rails.domain.tenant.PersonEvent.PasskeyDecisioned;
import ai.rails.domain.tenant.PersonEvent.PasskeyRegistered;
import ai.rails.domain.tenant.PersonEvent.PasskeyRemoved;
import ai.rails.domain.tenant.PersonEvent.RolesProposalDecisioned;
import ai.rails.domain.tenant.PersonEvent.RolesProposed;
import ai.rails.domain.tenant.PersonEvent.RolesSet;

/// Tells what becomes of people's accounts: roles, identities, keys, says and access.
final class PersonMapping {
  private PersonMapping() {}

  static OcsfDraft of(Entry entry, PersonEvent event) {
    return switch (event) {
      case RolesSet e -> {
        OcsfDraft draft =
            RunMapping.activity(entry, e.roles().isEmpty() ? Activity.revoke() : Activity.assign());
        draft.object("user").setAll(OcsfDraft.user(e.subject()));
        yield draft.privileges(e.roles().isEmpty() ? List.of("all") : e.roles()).succeeded();
      }
      case RolesProposed e -> {
        OcsfDraft draft = said(entry, "Propose Roles", e.subject(), "proposal", e.proposal());
        draft.unmapped("proposal").put("roles", Shown.id(String.join("+", e.roles())));
        yield draft;
      }
      case RolesProposalDecisioned e -> {
        OcsfDraft draft = said(entry, "Decide Roles", e.subject(), "proposal", e.proposal());
        draft.unmapped("proposal").put("accepted", e.accepted());
        yield draft;
      }
      case IdentityLinked e -> {
        OcsfDraft draft = RunMapping.activity(entry, Activity.account("Link Identity"));
        draft.object("user").setAll(OcsfDraft.user(e.subject()));
        draft.unmapped("identity").put("provider", e.provider().name());
        yield draft.succeeded();
      }
      case IdentityLinkProposed e ->
          said(entry, "Propose Identity Link", e.subject(), "proposal", e.proposal());
      case IdentityLinkDecisioned e -> {
        OcsfDraft draft =
            said(entry, "Decide Identity Link", e.subject(), "proposal", e.proposal());
        draft.unmapped("proposal").put("accepted", e.accepted());
        yield draft;
      }
      case AuditAccessGranted e -> granted(entry, e);
      case AuditAccessEnded e -> ended(entry, e);
      case ApprovalDelegated e -> {
        OcsfDraft draft =
            said(entry, "Delegate Approval", e.subject(), "delegation", e.delegation());
        draft
            .unmapped("delegation")
            .put("to", Shown.id(e.to()))
            .put("until", e.until().toEpochMilli());
        yield draft;
      }
      case DelegationRevoked e ->
          said(entry, "Revoke Delegation", e.subject(), "delegation", e.delegation());
      case PasskeyRegistered e -> {
        OcsfDraft draft = said(entry, "Register Passkey", e.subject(), "passkey", e.passkey());
        draft.unmapped("passkey").put("active", e.active()).put("device_bound", e.deviceBound());
        yield draft;
      }
      case PasskeyDecisioned e -> {
        OcsfDraft draft = said(entry, "Decide Passkey", e.subject(), "passkey", e.passkey());
        draft.unmapped("passkey").put("accepted", e.accepted());
        yield draft;
      }
      case PasskeyRemoved e -> said(entry, "Remove Passkey", e.subject(), "passkey", e.passkey());
      case ApiKeyIssued e -> {
        OcsfDraft draft = said(entry, "Issue API Key", e.subject(), "api_key", e.key());
        draft
            .unmapped("api_key")
            .put("expires_time", e.expiresAt().toEpochMilli())
            .put("roles", Shown.id(String.join("+", e.roles())));
        yield draft;
      }
      case ApiKeyRevoked e -> said(entry, "Revoke API Key", e.subject(), "api_key", e.key());
    };
  }

  private static OcsfDraft granted(Entry entry, AuditAccessGranted e) {
    OcsfDraft draft = said(entry, "Grant Audit Access", e.subject(), "grant", e.grant());
    draft.unmapped("grant").put("until", e.until().toEpochMilli());
    return draft;
  }

  private static OcsfDraft ended(Entry entry, AuditAccessEnded e) {
    OcsfDraft draft = said(entry, "End Audit Access", e.subject(), "grant", e.grant());
    draft.unmapped("grant").put("cause", Shown.code(e.cause()));
    return draft;
  }

  /// What was done to an account, and the id of what it was done with.
  private static OcsfDraft said(Entry entry, String act, String subject, String what, String uid) {
    OcsfDraft draft = RunMapping.activity(entry, Activity.account(act));
    draft.object("user").setAll(OcsfDraft.user(subject));
    draft.unmapped(what).put("uid", Shown.id(uid));
    return draft.succeeded();
  }
}
