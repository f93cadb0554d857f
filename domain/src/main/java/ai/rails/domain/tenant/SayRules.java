package ai.rails.domain.tenant;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.PersonCommand.DecidePasskey;
import ai.rails.domain.tenant.PersonCommand.Delegate;
import ai.rails.domain.tenant.PersonCommand.RegisterPasskey;
import ai.rails.domain.tenant.PersonCommand.RemovePasskey;
import ai.rails.domain.tenant.PersonCommand.RevokeDelegation;
import ai.rails.domain.tenant.PersonEvent.ApprovalDelegated;
import ai.rails.domain.tenant.PersonEvent.DelegationRevoked;
import ai.rails.domain.tenant.PersonEvent.PasskeyDecisioned;
import ai.rails.domain.tenant.PersonEvent.PasskeyRegistered;
import ai.rails.domain.tenant.PersonEvent.PasskeyRemoved;

/// A person's say: to whom it may be handed, and with what it is signed.
final class SayRules {
  /// Longest that a say is handed on.
  static final Duration DELEGATION_LIFE = Duration.ofDays(90);

  /// Most delegations of one subject at a time.
  static final int MAX_DELEGATIONS = 16;

  /// Most passkeys of one subject.
  static final int MAX_PASSKEYS = 8;

  private SayRules() {}

  static List<PersonEvent> delegate(Person person, Delegate c, Instant now) {
    Limits.requireId("delegation", c.delegation());
    Limits.requireId("to", c.to());
    if (c.to().equals(c.subject())) {
      throw invalid("nobody hands his say to himself");
    }
    if (c.run().isPresent() != c.gate().isPresent()) {
      throw invalid("name run and gate, or neither");
    }
    if (!c.until().isAfter(c.from()) || !c.until().isAfter(now)) {
      throw invalid("a delegation ends after it begins, and not in the past");
    }
    if (c.until().isAfter(now.plus(DELEGATION_LIFE))) {
      throw invalid("a say is handed on for at most %s days".formatted(DELEGATION_LIFE.toDays()));
    }
    long living = person.delegations().values().stream().filter(now::isBefore).count();
    if (living >= MAX_DELEGATIONS) {
      throw invalid("%s delegations stand; take one back".formatted(living));
    }
    return List.of(
        new ApprovalDelegated(
            c.subject(), c.delegation(), c.to(), c.run(), c.gate(), c.from(), c.until()));
  }

  static List<PersonEvent> revoke(Person person, RevokeDelegation c) {
    return person.delegations().containsKey(c.delegation())
        ? List.of(new DelegationRevoked(c.subject(), c.delegation(), c.by()))
        : List.of();
  }

  static List<PersonEvent> register(Person person, RegisterPasskey c) {
    if (person.passkeys().containsKey(c.passkey())) {
      throw new Refused(Code.ALREADY_EXISTS, "this passkey is registered");
    }
    if (person.passkeys().size() >= MAX_PASSKEYS) {
      throw invalid("a subject has at most %s passkeys; remove one".formatted(MAX_PASSKEYS));
    }
    return List.of(
        new PasskeyRegistered(
            c.subject(), c.passkey(), c.credential(), c.publicKey(), c.deviceBound(), c.active()));
  }

  static List<PersonEvent> decide(Person person, DecidePasskey c) {
    Boolean active = person.passkeys().get(c.passkey());
    if (active == null || active) {
      throw new Refused(Code.NOT_FOUND, "no passkey %s waits for a word".formatted(c.passkey()));
    }
    if (c.approve() && c.by().equals(c.subject())) {
      throw new Refused(
          Code.REQUESTER_MAY_NOT_APPROVE,
          "%s registered this passkey; another administrator accepts it".formatted(c.by()));
    }
    return List.of(new PasskeyDecisioned(c.subject(), c.passkey(), c.approve(), c.by()));
  }

  static List<PersonEvent> remove(Person person, RemovePasskey c) {
    return person.passkeys().containsKey(c.passkey())
        ? List.of(new PasskeyRemoved(c.subject(), c.passkey(), c.by()))
        : List.of();
  }

  private static Refused invalid(String why) {
    return new Refused(Code.INVALID, why);
  }
}
