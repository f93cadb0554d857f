package ai.rails.domain.tenant;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.PersonCommand.EndAuditAccess;
import ai.rails.domain.tenant.PersonCommand.GrantAuditAccess;
import ai.rails.domain.tenant.PersonEvent.AuditAccessEnded;
import ai.rails.domain.tenant.PersonEvent.AuditAccessGranted;

/// Auditors from outside: for a time that was said before, and nothing besides.
final class AuditRules {
  /// Longest time of one grant.
  static final Duration LONGEST = Duration.ofDays(90);

  private static final String EXPIRED = "EXPIRED";
  private static final String REVOKED = "REVOKED";
  private static final String TIMER = "timer";

  private AuditRules() {}

  static List<PersonEvent> grant(Person person, GrantAuditAccess c, Instant now) {
    Limits.requireId("grant", c.grant());
    if (c.by().equals(c.subject())) {
      throw new Refused(
          Code.FORBIDDEN, "nobody lets himself in as an auditor; ask another administrator");
    }
    if (!person.roles().isEmpty()) {
      throw new Refused(
          Code.INVALID,
          "%s has roles here; access from outside is for a subject without any"
              .formatted(c.subject()));
    }
    if (!person.audits().isEmpty()) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "%s has access already; end it first to give another".formatted(c.subject()));
    }
    if (!c.until().isAfter(now) || c.until().isAfter(now.plus(LONGEST))) {
      throw new Refused(Code.INVALID, "access ends within %d days".formatted(LONGEST.toDays()));
    }
    return List.of(new AuditAccessGranted(c.subject(), c.grant(), c.until(), c.by()));
  }

  static List<PersonEvent> end(Person person, EndAuditAccess c, Instant now) {
    Optional<Instant> until = Optional.ofNullable(person.audits().get(c.grant()));
    if (until.isEmpty()) {
      return List.of();
    }
    if (c.by().isEmpty() && now.isBefore(until.get())) {
      return List.of();
    }
    return List.of(
        new AuditAccessEnded(
            c.subject(), c.grant(), c.by().isEmpty() ? EXPIRED : REVOKED, c.by().orElse(TIMER)));
  }

  /// Who comes from outside is given no role as long as he may come.
  static void requireInside(Person person, String subject, List<String> roles) {
    if (!person.audits().isEmpty() && !roles.isEmpty()) {
      throw new Refused(
          Code.INVALID,
          "%s has access as an auditor from outside; end it before giving roles"
              .formatted(subject));
    }
  }
}
