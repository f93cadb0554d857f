package ai.rails.domain.privacy;

import java.time.Instant;
import java.util.List;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.privacy.RetentionCommand.SetRetention;
import ai.rails.domain.privacy.RetentionEvent.RetentionSet;

/// Which periods a tenant may choose.
public final class RetentionRules implements Decider<RetentionCommand, Retention, RetentionEvent> {
  private static final int MAX_DAYS = 36_525;

  @Override
  public Retention initial() {
    return Retention.DEFAULT;
  }

  @Override
  public List<RetentionEvent> decide(Retention before, RetentionCommand command, Instant now) {
    return switch (command) {
      case SetRetention c -> set(before, c.retention());
    };
  }

  @Override
  public Retention evolve(Retention before, RetentionEvent event) {
    return switch (event) {
      case RetentionSet e -> new Retention(e.contentDays(), e.traceDays(), e.auditDays());
    };
  }

  private static List<RetentionEvent> set(Retention before, Retention asked) {
    require("contentDays", asked.contentDays(), 1, 3_650);
    require("traceDays", asked.traceDays(), 14, 30);
    require("auditDays", asked.auditDays(), 365, MAX_DAYS);
    return before.equals(asked)
        ? List.of()
        : List.of(new RetentionSet(asked.contentDays(), asked.traceDays(), asked.auditDays()));
  }

  private static void require(String field, int days, int least, int most) {
    if (days < least || days > most) {
      throw new Refused(
          Code.INVALID, "%s must be %d to %d; it is %d".formatted(field, least, most, days));
    }
  }
}
