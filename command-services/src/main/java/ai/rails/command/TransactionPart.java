package ai.rails.command;

import java.sql.Connection;
import java.sql.SQLException;

/// Rows that are written together with a command's events or not at all.
///
/// It runs after the rules have decided and before the events are appended. It may run again with a
/// fresh transaction when another command was faster, so it keeps no state of its own. It neither
/// commits nor opens a second connection. A [ai.rails.domain.Refused] that it throws reaches the
/// caller and rolls everything back.
@FunctionalInterface
public interface TransactionPart {
  void write(Connection connection) throws SQLException;
}
