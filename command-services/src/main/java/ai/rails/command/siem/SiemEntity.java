package ai.rails.command.siem;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.siem.SiemCommand;
import ai.rails.domain.siem.SiemEvent;
import ai.rails.domain.siem.SiemRules;
import ai.rails.domain.siem.SiemSubscriber;

/// SIEM subscribers on the write side.
public final class SiemEntity {
  public static final Entity<SiemCommand, SiemSubscriber, SiemEvent> TYPE =
      new Entity<>(
          "SiemSubscriber",
          SiemCommand.class,
          SiemSubscriber.class,
          SiemEvent.class,
          SiemCommand::subscriber,
          new SiemRules(),
          Enrich.none());

  private SiemEntity() {}
}
