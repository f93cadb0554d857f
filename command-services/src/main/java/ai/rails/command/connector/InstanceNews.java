package ai.rails.command.connector;

import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandServices.Surroundings;
import ai.rails.platform.postgres.Database;

/// Whatever becomes an event of a connector instance some time after it happened. Thread-safe.
public final class InstanceNews {
  private final Breakers breakers;
  private final Revocations revocations;

  public InstanceNews(Database database, Supplier<CommandBus> bus, Surroundings around) {
    this.breakers = new Breakers(database, bus, around.ids());
    this.revocations = new Revocations(database, around.actions(), bus, around.ids());
  }

  /// Tells what there is.
  public void tell() {
    breakers.tell();
    revocations.tell();
  }
}
