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
import ai.rails.domain.tenant.Person.Proposal;
import ai.rails.domain.tenant.PersonCommand.DecideRoles;
import ai.rails.domain.tenant.PersonCommand.IssueApiKey;
import ai.rails.domain.tenant.PersonCommand.LinkIdentity;
import ai.rails.domain.tenant.PersonCommand.ProposeRoles;
import ai.rails.domain.tenant.PersonCommand.RevokeApiKey;
import ai.rails.domain.tenant.PersonCommand.SetRoles;
import ai.rails.domain.tenant.PersonEvent.ApiKeyIssued;
import ai.rails.domain.tenant.PersonEvent.ApiKeyRevoked;
import ai.rails.domain.tenant.PersonEvent.IdentityLinked;
import ai.rails.domain.tenant.PersonEvent.RolesProposalDecisioned;
import ai.rails.domain.tenant.PersonEvent.RolesProposed;
import ai.rails.domain.tenant.PersonEvent.RolesSet;

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
    };
  }

  @Override
  public Person evolve(Person person, PersonEvent event) {
    return switch (event) {
      case RolesSet e -> person.withRoles(e.roles());
      case RolesProposed e -> person.with(e.proposal(), new Proposal(e.roles(), e.by()));
      case RolesProposalDecisioned e -> person.without(e.proposal());
      case IdentityLinked _ -> person;
      case ApiKeyIssued e -> person.withKey(e.key(), e.expiresAt());
      case ApiKeyRevoked e -> person.withoutKey(e.key());
    };
  }

  private static List<PersonEvent> roles(Person person, SetRoles c) {
    List<String> roles = allowed(c.roles(), c.subject(), c.by());
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
    if (!SHA256.matcher(c.externalDigest()).matches()) {
      throw invalid("externalDigest must be 64 hex digits");
    }
    return c.before().equals(Optional.of(c.subject()))
        ? List.of()
        : List.of(new IdentityLinked(c.subject(), c.provider(), c.externalDigest(), c.before()));
  }

  private static Refused invalid(String why) {
    return new Refused(Code.INVALID, why);
  }
}
