package ai.rails.app.verb;

import java.util.Optional;
import java.util.Set;

import ai.rails.app.demo.People;
import ai.rails.platform.http.Role;

/// Whom a verb speaks for on a development installation when nobody is named: the demo's people.
public enum Persona {
  OPERATOR(People.OPERATOR, Role.OPERATOR),
  APPROVER(People.APPROVER, Role.APPROVER),
  SECOND_APPROVER(People.SECOND_APPROVER, Role.APPROVER),
  BUILDER(People.BUILDER, Role.BUILDER),
  AUDITOR(People.AUDITOR, Role.AUDITOR),
  ADMIN(People.ADMIN, Role.ADMIN),
  PLATFORM("p-platform", Role.PLATFORM);

  private final String subject;
  private final Role role;

  Persona(String subject, Role role) {
    this.subject = subject;
    this.role = role;
  }

  /// A subject and what it may be.
  record Named(String subject, Set<Role> roles) {
    Named {
      roles = Set.copyOf(roles);
    }
  }

  Named named() {
    return new Named(subject, Set.of(role));
  }

  /// Reads `SUBJECT` or `SUBJECT:ROLE,ROLE`. A known person has the role that the demo gave;
  /// another one has this persona's.
  Named named(String text) {
    int colon = text.lastIndexOf(':');
    Optional<Set<Role>> roles = colon < 0 ? Optional.empty() : roles(text.substring(colon + 1));
    if (roles.isPresent()) {
      return new Named(text.substring(0, colon), roles.get());
    }
    for (Persona known : values()) {
      if (known.subject.equals(text)) {
        return known.named();
      }
    }
    return new Named(text, Set.of(role));
  }

  /// Empty when one word is no role: then the colon was part of the subject.
  private static Optional<Set<Role>> roles(String words) {
    Set<Role> roles = java.util.EnumSet.noneOf(Role.class);
    for (String word : words.split(",", -1)) {
      Optional<Role> role = Role.of(word);
      if (role.isEmpty()) {
        return Optional.empty();
      }
      roles.add(role.get());
    }
    return Optional.of(roles);
  }
}
