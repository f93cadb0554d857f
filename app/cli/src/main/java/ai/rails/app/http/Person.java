package ai.rails.app.http;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import ai.rails.app.demo.People;
import ai.rails.platform.http.Role;

/// One of the demo's people, in a tenant.
record Person(String tenant, String subject, Set<Role> roles, String does) {
  Person {
    roles = Set.copyOf(roles);
  }

  /// Everybody whom one can be in a tenant.
  static List<Person> of(String tenant) {
    return List.of(
        person(tenant, People.OPERATOR, Role.OPERATOR, "keeps runs going: retry, cancel, fork"),
        person(tenant, People.APPROVER, Role.APPROVER, "decides what may be done"),
        person(tenant, People.SECOND_APPROVER, Role.APPROVER, "decides what may be done"),
        person(tenant, People.AUDITOR, Role.AUDITOR, "checks the record, takes evidence away"),
        person(tenant, People.BUILDER, Role.BUILDER, "writes workflows, starts runs"),
        person(tenant, People.ADMIN, Role.ADMIN, "looks after the tenant, budgets, connectors"),
        person(
            tenant, People.SECOND_ADMIN, Role.ADMIN, "accepts what another administrator drew up"));
  }

  /// @param value what [#value()] gave, or something made up
  static Optional<Person> known(String value, List<String> tenants) {
    return tenants.stream()
        .flatMap(tenant -> of(tenant).stream())
        .filter(person -> person.value().equals(value))
        .findFirst();
  }

  String value() {
    return tenant + "." + subject;
  }

  private static Person person(String tenant, String subject, Role role, String does) {
    return new Person(tenant, subject, Set.of(role), does);
  }
}
