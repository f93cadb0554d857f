package ai.rails.projection;

import org.jooq.DSLContext;

/// Folds ledger entries into one view. Each entry of a log comes exactly once and in order, in the
/// transaction that moves the log's head, so a fold may rely on both.
public interface Projection {
  void fold(DSLContext sql, Entry entry);
}
