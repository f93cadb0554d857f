package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;

import ai.rails.platform.http.WorkerIdentity;

/// Who holds keys now. A certificate alone does nothing: without a confirmed release that has not
/// expired, a worker gets no step, no intent and no ticket.
@FunctionalInterface
public interface KeyHolders {
  boolean holdsKeys(Connection connection, WorkerIdentity worker) throws SQLException;
}
