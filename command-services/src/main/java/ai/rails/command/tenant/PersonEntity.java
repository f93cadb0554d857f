package ai.rails.command.tenant;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.tenant.Person;
import ai.rails.domain.tenant.PersonCommand;
import ai.rails.domain.tenant.PersonEvent;
import ai.rails.domain.tenant.PersonRules;

/// Subjects of a tenant on the write side.
public final class PersonEntity {
  public static final Entity<PersonCommand, Person, PersonEvent> TYPE =
      new Entity<>(
          "Person",
          PersonCommand.class,
          Person.class,
          PersonEvent.class,
          PersonCommand::subject,
          new PersonRules(),
          Enrich.none());

  private PersonEntity() {}
}
