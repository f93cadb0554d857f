package ai.rails.domain.tenant;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.Person.LinkProposal;
import ai.rails.domain.tenant.Person.Proposal;
import ai.rails.domain.tenant.PersonCommand.DecideLink;
import ai.rails.domain.tenant.PersonCommand.DecidePasskey;
import ai.rails.domain.tenant.PersonCommand.DecideRoles;
import ai.rails.domain.tenant.PersonCommand.Delegate;
import ai.rails.domain.tenant.PersonCommand.EndAuditAccess;
import ai.rails.domain.tenant.PersonCommand.GrantAuditAccess;
import ai.rails.domain.tenant.PersonCommand.IssueApiKey;
import ai.rails.domain.tenant.PersonCommand.LinkIdentity;
import ai.rails.domain.tenant.PersonCommand.ProposeLink;
import ai.rails.domain.tenant.PersonCommand.ProposeRoles;
import ai.rails.domain.tenant.PersonCommand.RegisterPasskey;
import ai.rails.domain.tenant.PersonCommand.RemovePasskey;
import ai.rails.domain.tenant.PersonCommand.RevokeApiKey;
import ai.rails.domain.tenant.PersonCommand.RevokeDelegation;
import ai.rails.domain.tenant.PersonCommand.SetRoles;
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

import static ai.rails.domain.tenant.Person.changed;

/// Who may become what: nobody by himself, and an auditor nothing else.
public final class PersonRules implements Decider<PersonCommand, Person, PersonEvent> {
  /// Most roles of one subject.
  public static final int MAX_ROLES = 16;

  /// Most living keys of one subject.
  public static final int MAX_KEYS = 2;

  /// Most open proposals for one subject.
  public static final int MAX_PROPOSALS = 8;

  /// Longest life of a key.
  public static final Duration KEY_LIFE = Duration.ofDays(90);

  private static final String AUDITOR = "auditor";

  /// Roles that count because another person has them: whoever issues a key holds its secret.
  private static final Set<String> PEOPLES = Set.of("admin", "approver");

  private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9-]{0,39}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  @Override
  public Person initial() {
    return Person.NONE;
  }

  @Override
  public List<PersonEvent> decide(Person person, PersonCommand command, Instant now) {
    Limits.requireId("subject", command.subject());
    return switch (command) {
      case SetRoles c -> roles(person, c);
      case ProposeRoles c -> propose(person, c);
      case DecideRoles c -> decide(person, c);
      case LinkIdentity c -> link(c);
      case IssueApiKey c -> issue(person, c, now);
      case RevokeApiKey c ->
          person.keys().containsKey(c.key())
              ? List.of(new ApiKeyRevoked(c.subject(), c.key(), c.by()))
              : List.of();
      case ProposeLink c -> proposeLink(person, c);
      case DecideLink c -> decideLink(person, c);
      case GrantAuditAccess c -> AuditRules.grant(person, c, now);
      case EndAuditAccess c -> AuditRules.end(person, c, now);
      case Delegate c -> SayRules.delegate(person, c, now);
      case RevokeDelegation c -> SayRules.revoke(person, c);
      case RegisterPasskey c -> SayRules.register(person, c);
      case DecidePasskey c -> SayRules.decide(person, c);
      case RemovePasskey c -> SayRules.remove(person, c);
    };
  }

  @Override
  public Person evolve(Person person, PersonEvent event) {
    return switch (event) {
      case RolesSet e -> person.withRoles(e.roles());
      case RolesProposed e ->
          person.withProposals(
              changed(
                  person.proposals(), e.proposal(), Optional.of(new Proposal(e.roles(), e.by()))));
      case RolesProposalDecisioned e ->
          person.withProposals(changed(person.proposals(), e.proposal(), Optional.empty()));
      case IdentityLinked _ -> person;
      case ApiKeyIssued e ->
          person.withKeys(changed(person.keys(), e.key(), Optional.of(e.expiresAt())));
      case ApiKeyRevoked e -> person.withKeys(changed(person.keys(), e.key(), Optional.empty()));
      case IdentityLinkProposed e ->
          person.withLinks(
              changed(
                  person.links(),
                  e.proposal(),
                  Optional.of(new LinkProposal(e.provider(), e.externalDigest(), e.by()))));
      case IdentityLinkDecisioned e ->
          person.withLinks(changed(person.links(), e.proposal(), Optional.empty()));
      case AuditAccessGranted e ->
          person.withAudits(changed(person.audits(), e.grant(), Optional.of(e.until())));
      case AuditAccessEnded e ->
          person.withAudits(changed(person.audits(), e.grant(), Optional.empty()));
      case ApprovalDelegated e ->
          person.withDelegations(
              changed(person.delegations(), e.delegation(), Optional.of(e.until())));
      case DelegationRevoked e ->
          person.withDelegations(changed(person.delegations(), e.delegation(), Optional.empty()));
      case PasskeyRegistered e ->
          person.withPasskeys(changed(person.passkeys(), e.passkey(), Optional.of(e.active())));
      case PasskeyDecisioned e ->
          person.withPasskeys(
              changed(
                  person.passkeys(),
                  e.passkey(),
                  e.accepted() ? Optional.of(true) : Optional.empty()));
      case PasskeyRemoved e ->
          person.withPasskeys(changed(person.passkeys(), e.passkey(), Optional.empty()));
    };
  }

  private static List<PersonEvent> roles(Person person, SetRoles c) {
    List<String> roles = allowed(c.roles(), c.subject(), c.by());
    AuditRules.requireInside(person, c.subject(), roles);
    return person.roles().equals(Set.copyOf(roles))
        ? List.of()
        : List.of(new RolesSet(c.subject(), roles));
  }

  private static List<PersonEvent> propose(Person person, ProposeRoles c) {
    Limits.requireId("proposal", c.proposal());
    List<String> roles = allowed(c.roles(), c.subject(), c.by());
    if (person.proposals().size() >= MAX_PROPOSALS) {
      throw invalid(
          "%d proposals for %s are open; have them decided about first"
              .formatted(MAX_PROPOSALS, c.subject()));
    }
    return List.of(new RolesProposed(c.subject(), c.proposal(), roles, c.by()));
  }

  private static List<PersonEvent> decide(Person person, DecideRoles c) {
    Proposal proposal =
        Optional.ofNullable(person.proposals().get(c.proposal()))
            .orElseThrow(() ->
                new Refused(
                    Code.NOT_FOUND,
                    "there is no open proposal %s for %s".formatted(c.proposal(), c.subject())));
    var decisioned = new RolesProposalDecisioned(c.subject(), c.proposal(), c.approve(), c.by());
    if (!c.approve()) {
      return List.of(decisioned);
    }
    if (proposal.by().equals(c.by())) {
      throw new Refused(
          Code.REQUESTER_MAY_NOT_APPROVE,
          "%s proposed these roles; another administrator accepts them".formatted(c.by()));
    }
    List<String> roles = allowed(proposal.roles(), c.subject(), c.by());
    AuditRules.requireInside(person, c.subject(), roles);
    return List.of(decisioned, new RolesSet(c.subject(), roles));
  }

  /// Sorted.
  private static List<String> allowed(List<String> asked, String subject, String by) {
    Set<String> roles = new TreeSet<>(asked);
    if (roles.size() > MAX_ROLES) {
      throw invalid("a subject has at most %d roles".formatted(MAX_ROLES));
    }
    if (!roles.stream().allMatch(role -> ROLE.matcher(role).matches())) {
      throw invalid("a role is 1 to 40 lower-case letters, digits or hyphens");
    }
    if (roles.contains(AUDITOR) && roles.size() > 1) {
      throw invalid("an auditor changes nothing and so has no other role");
    }
    if (by.equals(subject)) {
      throw new Refused(Code.FORBIDDEN, "nobody gives roles to himself; ask another administrator");
    }
    return List.copyOf(roles);
  }

  /// A key never does more than its subject, and lives no longer than 90 days.
  private static List<PersonEvent> issue(Person person, IssueApiKey c, Instant now) {
    Limits.requireId("key", c.key());
    Set<String> roles = new TreeSet<>(c.roles());
    if (roles.isEmpty() || !person.roles().containsAll(roles)) {
      throw invalid(
          "a key has a part of the roles of %s, which are %s"
              .formatted(c.subject(), new TreeSet<>(person.roles())));
    }
    if (roles.stream().anyMatch(PEOPLES::contains)) {
      throw invalid("a key neither administers nor approves: its issuer would be two people");
    }
    if (!c.expiresAt().isAfter(now) || c.expiresAt().isAfter(now.plus(KEY_LIFE))) {
      throw invalid("a key lives at most %s days".formatted(KEY_LIFE.toDays()));
    }
    long living = person.keys().values().stream().filter(now::isBefore).count();
    if (living >= MAX_KEYS) {
      throw invalid(
          "%s has %s keys; revoke one, two are enough to rotate".formatted(c.subject(), living));
    }
    return List.of(
        new ApiKeyIssued(c.subject(), c.key(), List.copyOf(roles), c.expiresAt(), c.by()));
  }

  private static List<PersonEvent> link(LinkIdentity c) {
    requireDigest(c.externalDigest());
    return c.before().equals(Optional.of(c.subject()))
        ? List.of()
        : List.of(new IdentityLinked(c.subject(), c.provider(), c.externalDigest(), c.before()));
  }

  /// Whoever clicks in Slack decides as the subject: so a link is two people's word, and never the
  /// subject's own.
  private static List<PersonEvent> proposeLink(Person person, ProposeLink c) {
    Limits.requireId("proposal", c.proposal());
    requireDigest(c.externalDigest());
    if (c.by().equals(c.subject())) {
      throw new Refused(Code.FORBIDDEN, "nobody links himself; ask another administrator");
    }
    if (person.links().size() >= MAX_PROPOSALS) {
      throw invalid(
          "%d links of %s wait; have them decided about first"
              .formatted(MAX_PROPOSALS, c.subject()));
    }
    return List.of(
        new IdentityLinkProposed(
            c.subject(), c.proposal(), c.provider(), c.externalDigest(), c.by()));
  }

  private static List<PersonEvent> decideLink(Person person, DecideLink c) {
    LinkProposal proposal =
        Optional.ofNullable(person.links().get(c.proposal()))
            .orElseThrow(() ->
                new Refused(
                    Code.NOT_FOUND,
                    "there is no open proposal %s for %s".formatted(c.proposal(), c.subject())));
    var decisioned = new IdentityLinkDecisioned(c.subject(), c.proposal(), c.approve(), c.by());
    if (!c.approve()) {
      return List.of(decisioned);
    }
    if (proposal.by().equals(c.by()) || c.by().equals(c.subject())) {
      throw new Refused(
          Code.REQUESTER_MAY_NOT_APPROVE,
          "%s proposed this link or is linked by it; another administrator accepts it"
              .formatted(c.by()));
    }
    return List.of(
        decisioned,
        new IdentityLinked(
            c.subject(), proposal.provider(), proposal.externalDigest(), c.before()));
  }

  private static void requireDigest(String digest) {
    if (!SHA256.matcher(digest).matches()) {
      throw invalid("externalDigest must be 64 hex digits");
    }
  }

  private static Refused invalid(String why) {
    return new Refused(Code.INVALID, why);
  }
}
