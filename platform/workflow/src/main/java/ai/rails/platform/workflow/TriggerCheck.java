package ai.rails.platform.workflow;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.Trigger;

/// Checks that triggers declare what they take and fill inputs that exist.
final class TriggerCheck {
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
    boolean repeats = trigger.kind() == Trigger.Kind.WEBHOOK || trigger.kind() == Trigger.Kind.POLL;
    if (repeats && trigger.dedupe().isEmpty()) {
      problems.at(
          path,
          "trigger `%s` would start a run for each redelivery".formatted(trigger.id()),
          "`dedupe`, the fields that together name one occurrence");
    }
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

  private void input(Trigger trigger, String name, String pointer, String place) {
    Field wanted = draft.inputs().get(name);
    if (wanted == null) {
      problems.at(
          place, "`%s` is no input".formatted(name), Names.expected(name, draft.inputs().keySet()));
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
