package ai.rails.command;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import ai.rails.schema.Recorded;

/// Rows that follow from the events of one kind of entity. They are written in the events'
/// transaction, after its other parts and just before the events are appended.
@FunctionalInterface
public interface EventRows {
  /// @param out takes the step commands that leave with the events
  void write(Connection connection, CommandContext context, List<Recorded> events, StepCommands out)
      throws SQLException;
}
