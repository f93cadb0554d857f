package ai.rails.platform.workflow;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.Trigger;

/// Checks that triggers declare what they take and fill inputs that exist.
final class TriggerCheck {
  private static final String DUE = "/due";

  private final Draft draft;
  private final Problems problems;

  TriggerCheck(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
  }

  void check() {
    Set<String> ids = new HashSet<>();
    int at = 0;
    for (Trigger trigger : draft.triggers()) {
      String path = "triggers[%d]".formatted(at++);
      if (!ids.add(trigger.id())) {
        problems.at(path, "there are two triggers `%s`".formatted(trigger.id()), "each id once");
      }
      check(trigger, path);
    }
  }

  private void check(Trigger trigger, String path) {
    if (trigger.kind() == Trigger.Kind.WEBHOOK && trigger.source().isEmpty()) {
      problems.at(path, "webhook `%s` has no source".formatted(trigger.id()), "`source`");
    }
    if (trigger.kind() == Trigger.Kind.WEBHOOK && trigger.dedupe().isEmpty()) {
      problems.at(
          path,
          "trigger `%s` would start a run for each redelivery".formatted(trigger.id()),
          "`dedupe`, the fields that together name one occurrence");
    }
    schedule(trigger, path);
    for (String field : trigger.dedupe()) {
      if (!trigger.fields().containsKey(field)) {
        problems.at(
            path + ".dedupe",
            "`%s` is no field of the trigger".formatted(field),
            Names.expected(field, trigger.fields().keySet()));
      }
    }
    for (Map.Entry<String, String> input : trigger.inputs().entrySet()) {
      input(trigger, input.getKey(), input.getValue(), path + ".inputs." + input.getKey());
    }
  }

  private void schedule(Trigger trigger, String path) {
    if (trigger.kind() != Trigger.Kind.SCHEDULE) {
      if (trigger.timezone().isPresent()) {
        problems.at(
            path + ".timezone", "only a schedule has a time zone", "`timezone` with kind schedule");
      }
      return;
    }
    try {
      boolean comes = trigger.cron().flatMap(cron -> cron.next(Instant.EPOCH)).isPresent();
      if (!comes && trigger.schedule().isPresent()) {
        problems.at(path + ".schedule", "this day never comes", "a schedule that is due some day");
      }
    } catch (IllegalArgumentException e) {
      problems.at(
          path + ".schedule",
          String.valueOf(e.getMessage()),
          "minute hour day month weekday, such as 0 7 * * MON-FRI, and a zone such as Europe/Berlin");
    }
    Set<String> missing = new TreeSet<>(draft.inputs().keySet());
    missing.removeAll(trigger.inputs().keySet());
    if (!missing.isEmpty()) {
      problems.at(
          path,
          "schedule `%s` gives no input %s".formatted(trigger.id(), missing),
          "a workflow whose inputs are all filled from /due");
    }
  }

  /// A schedule knows one thing: when it was due.
  private void due(String name, Field wanted, String pointer, String place) {
    if (!pointer.equals(DUE) || wanted.type() != Field.Type.TIME) {
      problems.at(
          place,
          "a schedule gives %s, which is a time; input `%s` is %s from `%s`"
              .formatted(DUE, name, wanted.type(), pointer),
          "an input of type time from " + DUE);
    }
  }

  private void input(Trigger trigger, String name, String pointer, String place) {
    Field wanted = draft.inputs().get(name);
    if (wanted == null) {
      problems.at(
          place, "`%s` is no input".formatted(name), Names.expected(name, draft.inputs().keySet()));
      return;
    }
    if (trigger.kind() == Trigger.Kind.SCHEDULE) {
      due(name, wanted, pointer, place);
      return;
    }
    if (trigger.kind() != Trigger.Kind.WEBHOOK) {
      return;
    }
    Field given = trigger.fields().get(pointer.substring(1));
    if (given == null) {
      problems.at(
          place,
          "`%s` is no field of the trigger".formatted(pointer),
          "a pointer to " + Names.expected(pointer.substring(1), trigger.fields().keySet()));
    } else if (given.type() != wanted.type()) {
      problems.at(
          place,
          "input `%s` is %s and the field is %s".formatted(name, wanted.type(), given.type()),
          "the same type");
    }
  }
}
