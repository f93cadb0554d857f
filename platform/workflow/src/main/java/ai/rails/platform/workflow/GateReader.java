package ai.rails.platform.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.snakeyaml.engine.v2.nodes.Node;

import ai.rails.domain.workflow.Step.Escalate;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Tier;

/// Reads what a gate asks, of whom, and of whom if nobody answers.
final class GateReader {
  static final Set<String> KEYS =
      Set.of(
          "for", "role", "quorum", "expires", "display", "card", "signature", "tiers", "escalate");

  private static final int MAX_TIERS = 8;
  private static final int MAX_ESCALATIONS = 3;
  private static final int MAX_QUORUM = 5;
  private static final String ROLE_HINT = "a role such as approver";
  private static final Gate NO_GATE =
      new Gate("", "approver", 1, Duration.ofHours(1), Map.of(), Optional.empty());

  private final Problems problems;
  private final CallReader calls;

  GateReader(Problems problems, CallReader calls) {
    this.problems = problems;
    this.calls = calls;
  }

  Gate read(Fields fields) {
    fields.require("expires", "`expires`, a duration such as PT4H after which silence means no");
    Map<String, String> display = new LinkedHashMap<>();
    fields
        .get("display")
        .map(node -> Fields.open(node, fields.path("display"), problems, "labels and fields"))
        .ifPresent(shown -> displayed(shown, display));
    Duration expires =
        fields
            .duration("expires", Duration.ofMinutes(1), Duration.ofDays(30))
            .orElse(NO_GATE.expires());
    return new Gate(
        fields.requireText("for", Forms.STEP, "the step that it guards").orElse(""),
        fields.text("role", Forms.NAME, ROLE_HINT).orElse(NO_GATE.role()),
        fields.integer("quorum", 1, MAX_QUORUM, NO_GATE.quorum()),
        expires,
        display,
        calls.nested(fields, "card"),
        signature(fields),
        tiers(fields),
        escalations(fields, expires));
  }

  private boolean signature(Fields fields) {
    Optional<String> signature = fields.text("signature", Forms.NAME, "`passkey`");
    signature
        .filter(word -> !word.equals("passkey"))
        .ifPresent(word ->
            problems.at(
                fields.path("signature"), "`%s` signs nothing".formatted(word), "`passkey`"));
    return signature.isPresent();
  }

  private void displayed(Fields shown, Map<String, String> display) {
    for (String label : shown.keys()) {
      if (!Forms.LABEL.matcher(label).matches()) {
        problems.at(shown.path(label), "a label is too long", Forms.LABEL_HINT);
      }
      shown
          .text(label, Forms.DISPLAYED, Forms.DISPLAYED_HINT)
          .ifPresent(field -> display.put(label, field));
    }
  }

  private List<Tier> tiers(Fields fields) {
    List<Tier> tiers = new ArrayList<>();
    for (Fields tier : items(fields, "tiers", Set.of("when", "role", "quorum"), MAX_TIERS)) {
      tiers.add(
          new Tier(
              tier.requireText("when", Forms.EXPRESSION, Forms.EXPRESSION_HINT).orElse("true"),
              tier.requireText("role", Forms.NAME, ROLE_HINT).orElse(NO_GATE.role()),
              tier.integer("quorum", 1, MAX_QUORUM, 1)));
    }
    return tiers;
  }

  /// Each comes after the one before it and before the gate expires: a later one would never be.
  private List<Escalate> escalations(Fields fields, Duration expires) {
    List<Escalate> escalations = new ArrayList<>();
    Duration before = Duration.ZERO;
    for (Fields each :
        items(fields, "escalate", Set.of("after", "role", "quorum"), MAX_ESCALATIONS)) {
      each.require("after", "`after`, a duration such as PT1H since the gate was requested");
      Duration after =
          each.duration("after", Duration.ofMinutes(1), Duration.ofDays(30)).orElse(expires);
      if (after.compareTo(before) <= 0 || after.compareTo(expires) >= 0) {
        problems.at(
            each.path("after"),
            "%s is not between %s and the gate's end, %s".formatted(after, before, expires),
            "durations that grow and are shorter than `expires`");
      }
      before = after;
      escalations.add(
          new Escalate(
              after,
              each.requireText("role", Forms.NAME, ROLE_HINT).orElse(NO_GATE.role()),
              each.integer("quorum", 1, MAX_QUORUM, 1)));
    }
    return escalations;
  }

  private List<Fields> items(Fields fields, String key, Set<String> members, int most) {
    List<Fields> items = new ArrayList<>();
    for (Node node : fields.list(key)) {
      String path = "%s[%s]".formatted(fields.path(key), items.size());
      items.add(Fields.closed(node, path, problems, members));
    }
    if (items.size() > most) {
      problems.at(
          fields.path(key), "there are %s".formatted(items.size()), "at most %s".formatted(most));
      return items.subList(0, most);
    }
    return items;
  }
}
