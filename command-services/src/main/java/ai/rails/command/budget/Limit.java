package ai.rails.command.budget;

import java.util.Comparator;

import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;

/// A cap.
///
/// @param set whether somebody set it; otherwise it is the installation's
record Limit(Scope scope, Period period, Unit unit, long amount, boolean set) {
  /// A tenant's counter is cut in so many slots.
  static final int SLOTS = 16;

  /// The order in which counters are locked, always.
  static final Comparator<Limit> ORDER =
      Comparator.comparing((Limit l) -> l.scope().workspace())
          .thenComparing(l -> l.scope().workflow())
          .thenComparing(l -> l.period().name())
          .thenComparing(l -> l.unit().name());

  boolean covers(Take take) {
    return unit.equals(take.unit())
        && (scope.workspace().isEmpty() || scope.workspace().equals(take.workspace()))
        && (scope.workflow().isEmpty() || scope.workflow().equals(take.workflow()));
  }

  int slots() {
    return scope.workspace().isEmpty() ? SLOTS : 1;
  }

  /// Which slot a workspace takes from.
  int slot(String workspace) {
    return slots() == 1 ? 0 : tenantSlot(workspace);
  }

  static int tenantSlot(String workspace) {
    return Math.floorMod(workspace.hashCode(), SLOTS);
  }
}
