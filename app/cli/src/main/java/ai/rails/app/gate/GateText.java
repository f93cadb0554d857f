package ai.rails.app.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.run.Disclosed;
import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Digest;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// Gates as approvers read them.
final class GateText {
  private static final int SHOWN = 26;
  private static final Pattern OPAQUE = Pattern.compile("[0-9a-f-]{32,}");

  private final Times times;
  private final Palette palette;

  GateText(Times times, Palette palette) {
    this.times = times;
    this.palette = palette;
  }

  String list(JsonNode gates) {
    if (gates.isEmpty()) {
      return "nothing waits for an approval%n".formatted();
    }
    boolean open = isOpen(gates.get(0));
    Table table = Table.of("RUN", "GATE", "TICKET", open ? "EXPIRES" : "ASKED", "ABOUT");
    for (JsonNode gate : gates) {
      table.row(
          text(gate, "run"),
          text(gate, "gate"),
          dash(text(gate, "externalId")),
          times.relative(gate.path(open ? "expiresAt" : "requestedAt").asLong()),
          about(gate));
    }
    return table.text(palette);
  }

  /// What fits on the line; ids that nobody reads are for the card.
  private static String about(JsonNode gate) {
    List<String> values = new ArrayList<>();
    display(gate)
        .forEach((label, value) -> {
          if (!value.equals(text(gate, "externalId")) && !OPAQUE.matcher(value).matches()) {
            values.add(Disclosed.value(value));
          }
        });
    String text = String.join(", ", values);
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN - 3) + "...";
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private static Map<String, String> display(JsonNode gate) {
    var display = new TreeMap<String, String>();
    gate.path("display")
        .propertyStream()
        .forEach(each -> display.put(each.getKey(), each.getValue().asText()));
    return display;
  }

  /// Everything that an approver decides about.
  ///
  /// @param run the gate's run, for its ticket and cost
  /// @param asked what policy was told of the call; may be missing
  String card(JsonNode gate, JsonNode run, JsonNode asked) {
    Facts shown = new Facts();
    display(gate).forEach(shown::add);
    String title =
        "Gate %s of run %s: %s"
            .formatted(text(gate, "gate"), text(gate, "run"), text(gate, "state"));
    StringBuilder text = new StringBuilder(palette.heading(title));
    text.append(System.lineSeparator()).append(shown.text()).append(System.lineSeparator());
    text.append(facts(gate, run, asked));
    for (JsonNode vote : gate.path("decisions")) {
      text.append(vote(vote));
    }
    if (isOpen(gate)) {
      text.append(System.lineSeparator()).append(choices(gate));
    }
    return text.toString();
  }

  private String facts(JsonNode gate, JsonNode run, JsonNode asked) {
    List<String> reasons = new ArrayList<>();
    gate.path("reasons").forEach(reason -> reasons.add(reason.asText()));
    return new Facts()
        .add("ticket", text(run, "externalId"))
        .add(
            "workflow",
            "%s %s in %s"
                .formatted(text(run, "workflow"), text(run, "version"), text(run, "environment")))
        .add("asks for", "step " + text(gate, "forStep") + call(asked))
        .add("with", Disclosed.line(asked.path("tool").path("params")))
        .add("policy says", String.join(", ", reasons))
        .add("call digest", text(gate, "callDigest"))
        .add("who may", who(gate))
        .add("asked", times.full(gate.path("requestedAt").asLong()))
        .add("then asked", isOpen(gate) ? next(gate) : "")
        .add("expires", isOpen(gate) ? expiry(gate) : "")
        .add("cost so far", Amounts.of(run.path("cost")))
        .text();
  }

  private String expiry(JsonNode gate) {
    return times.full(gate.path("expiresAt").asLong()) + "; then it is a no";
  }

  /// Who is asked if nobody decides; empty if nobody is.
  private String next(JsonNode gate) {
    List<String> then = new ArrayList<>();
    for (JsonNode each : gate.path("escalations")) {
      then.add("role %s at %s".formatted(text(each, "role"), times.full(each.path("at").asLong())));
    }
    return String.join("; ", then);
  }

  private static boolean isOpen(JsonNode gate) {
    return text(gate, "state").equals("OPEN");
  }

  private static String call(JsonNode asked) {
    JsonNode tool = asked.path("tool");
    if (tool.isMissingNode()) {
      return "";
    }
    JsonNode destination = tool.path("destination");
    return ": %s %s at %s, a %s of risk %s"
        .formatted(
            text(tool, "name"),
            text(tool, "action"),
            text(destination, "host"),
            text(tool, "side_effect"),
            text(tool, "risk_class"));
  }

  private static String who(JsonNode gate) {
    int quorum = gate.path("quorum").asInt();
    String signed = gate.path("signature").asBoolean() ? ", signed with a passkey" : "";
    return "role %s, %s%s; not %s, not %s, no auditor"
        .formatted(
            text(gate, "role"),
            quorum == 1 ? "one person" : quorum + " persons",
            signed,
            "the requester " + text(gate, "requester"),
            "the author " + text(gate, "author"));
  }

  private String vote(JsonNode vote) {
    String by = text(vote, "onBehalfOf");
    return "  %s: %s by %s%s%s through %s, call %s%n"
        .formatted(
            times.full(vote.path("decidedAt").asLong()),
            text(vote, "verdict"),
            text(vote, "approver"),
            by.isEmpty() ? "" : " with the say of " + by,
            vote.path("signed").asBoolean() ? " (signed with a passkey)" : "",
            text(vote, "channel"),
            Digest.shortened(text(vote, "callDigest")));
  }

  private static String choices(JsonNode gate) {
    String gateOfRun = "%s %s".formatted(text(gate, "run"), text(gate, "gate"));
    String digest = "--digest " + Digest.shortened(text(gate, "callDigest"));
    return "  rails approval approve %1$s %2$s%n  rails approval deny    %1$s %2$s%n"
        .formatted(gateOfRun, digest);
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asText();
  }
}
