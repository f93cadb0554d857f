package ai.rails.domain.tenant;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.PersonCommand.IssueApiKey;
import ai.rails.domain.tenant.PersonCommand.LinkIdentity;
import ai.rails.domain.tenant.PersonCommand.RevokeApiKey;
import ai.rails.domain.tenant.PersonCommand.SetRoles;
import ai.rails.domain.tenant.PersonEvent.ApiKeyIssued;
import ai.rails.domain.tenant.PersonEvent.ApiKeyRevoked;
import ai.rails.domain.tenant.PersonEvent.IdentityLinked;
import ai.rails.domain.tenant.PersonEvent.RolesSet;

/// Who may become what: nobody by himself, and an auditor nothing else.
public final class PersonRules implements Decider<PersonCommand, Person, PersonEvent> {
  /// Most roles of one subject.
  public static final int MAX_ROLES = 16;

  /// Most living keys of one subject.
  public static final int MAX_KEYS = 2;

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
      case RolesSet e -> new Person(Set.copyOf(e.roles()), person.keys());
      case IdentityLinked _ -> person;
      case ApiKeyIssued e -> {
        Map<String, Instant> keys = new HashMap<>(person.keys());
        keys.put(e.key(), e.expiresAt());
        yield new Person(person.roles(), keys);
      }
      case ApiKeyRevoked e -> {
        Map<String, Instant> keys = new HashMap<>(person.keys());
        keys.remove(e.key());
        yield new Person(person.roles(), keys);
      }
    };
  }

  private static List<PersonEvent> roles(Person person, SetRoles c) {
    Set<String> roles = new TreeSet<>(c.roles());
    if (roles.size() > MAX_ROLES) {
      throw invalid("a subject has at most %d roles".formatted(MAX_ROLES));
    }
    if (!roles.stream().allMatch(role -> ROLE.matcher(role).matches())) {
      throw invalid("a role is 1 to 40 lower-case letters, digits or hyphens");
    }
    if (roles.contains(AUDITOR) && roles.size() > 1) {
      throw invalid("an auditor changes nothing and so has no other role");
    }
    if (c.by().equals(c.subject())) {
      throw new Refused(Code.FORBIDDEN, "nobody gives roles to himself; ask another administrator");
    }
    return person.roles().equals(roles)
        ? List.of()
        : List.of(new RolesSet(c.subject(), List.copyOf(roles)));
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
