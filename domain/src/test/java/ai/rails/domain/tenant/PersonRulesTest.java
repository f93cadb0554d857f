package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.PersonCommand.LinkIdentity;
import ai.rails.domain.tenant.PersonCommand.SetRoles;
import ai.rails.domain.tenant.PersonEvent.IdentityLinked;
import ai.rails.domain.tenant.PersonEvent.RolesSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PersonRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String DIGEST = "a".repeat(64);

  private final PersonRules rules = new PersonRules();

  @Test
  void rolesAreSaidOnceAndSorted() {
    List<PersonEvent> set = rules.decide(Person.NONE, roles("ada", "operator", "approver"), NOON);

    assertThat(set).containsExactly(new RolesSet("omar", List.of("approver", "operator")));
    Person omar = rules.evolve(Person.NONE, set.getFirst());
    assertThat(omar.roles()).isEqualTo(Set.of("approver", "operator"));
    assertThat(rules.decide(omar, roles("ada", "approver", "operator"), NOON)).isEmpty();
    assertThat(rules.decide(omar, roles("ada"), NOON))
        .containsExactly(new RolesSet("omar", List.of()));
  }

  @Test
  void nobodyGivesRolesToHimselfAndAnAuditorHasNoOther() {
    refused(roles("omar", "approver"), Code.FORBIDDEN);
    refused(roles("ada", "auditor", "approver"), Code.INVALID);
    refused(roles("ada", "Approver"), Code.INVALID);
    String[] many = new String[PersonRules.MAX_ROLES + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = "r" + i;
    }
    refused(roles("ada", many), Code.INVALID);
  }

  @Test
  void identityThatIsTheSubjectsAlreadyIsNotSaidAgain() {
    assertThat(rules.decide(Person.NONE, link(Optional.empty()), NOON))
        .containsExactly(
            new IdentityLinked("omar", PersonEvent.Provider.SLACK, DIGEST, Optional.empty()));
    assertThat(rules.decide(Person.NONE, link(Optional.of("eve")), NOON))
        .containsExactly(
            new IdentityLinked("omar", PersonEvent.Provider.SLACK, DIGEST, Optional.of("eve")));
    assertThat(rules.decide(Person.NONE, link(Optional.of("omar")), NOON)).isEmpty();
    refused(
        new LinkIdentity("t1", "omar", PersonEvent.Provider.SLACK, "T1.U1", Optional.empty()),
        Code.INVALID);
  }

  private void refused(PersonCommand command, Code code) {
    assertThatThrownBy(() -> rules.decide(Person.NONE, command, NOON))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static SetRoles roles(String by, String... roles) {
    return new SetRoles("t1", "omar", List.of(roles), by);
  }

  private static LinkIdentity link(Optional<String> before) {
    return new LinkIdentity("t1", "omar", PersonEvent.Provider.SLACK, DIGEST, before);
  }
}
