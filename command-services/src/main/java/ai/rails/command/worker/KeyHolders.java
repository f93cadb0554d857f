package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;

import ai.rails.platform.http.WorkerIdentity;

/// Who holds keys now. A certificate alone does nothing: without a confirmed release that has not
/// expired, a worker gets no step, no intent and no ticket.
@FunctionalInterface
public interface KeyHolders {
  /// What a worker asks for.
  enum Work {
    /// To go on with what it has begun.
    BEGUN,
    /// To begin something; a worker that is to end may not.
    NEW
  }

  /// Holds in the transaction that asks: while that is open, nobody can end the worker.
  boolean holdsKeys(Connection connection, WorkerIdentity worker, Work work) throws SQLException;
}
