package ai.rails.stream.relay;

import io.debezium.connector.postgresql.PostgresConnector;
import org.apache.kafka.connect.connector.Task;

/// Debezium's connector with [OutboxTask]. Public, because the engine makes it by its name.
public final class OutboxConnector extends PostgresConnector {
  @Override
  public Class<? extends Task> taskClass() {
    return OutboxTask.class;
  }
}
