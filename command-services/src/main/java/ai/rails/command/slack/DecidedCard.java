package ai.rails.command.slack;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.RunEvent.Verdict;

/// What stands in the channel in the place of a card whose request is over: what became of it, by
/// names and digests only. The card's content leaves the channel with it.
final class DecidedCard {
  private DecidedCard() {}

  /// @param run as it is now
  /// @param shown the digest of the call that the card shows, where it says one
  /// @param own what the person who clicked has just decided, and his Slack id
  /// @return nothing while the card can still be decided about
  static Optional<Map<String, Object>> of(
      Run run, String runId, String gateId, Optional<String> shown, Optional<Say> own) {
    return run.gate(gateId)
        .flatMap(gate -> outcome(gate, shown, own).map(told -> message(told, runId, gate)));
  }

  /// @param user a Slack user id, in Slack's own form
  record Say(Verdict verdict, String user) {}

  private static Optional<String> outcome(
      GateState gate, Optional<String> shown, Optional<Say> own) {
    if (shown.filter(digest -> !digest.equals(gate.request().callDigest())).isPresent()) {
      return Optional.of("*Changed.* The newest card shows the call that is asked about now.");
    }
    if (gate.open()) {
      return Optional.empty();
    }
    boolean approved = gate.approvals().size() >= gate.quorum();
    String by = own.map(say -> " by <@%s>".formatted(say.user())).orElse("");
    if (approved) {
      return Optional.of(
          gate.quorum() > 1
              ? "*Approved* by %s people%s."
                  .formatted(gate.approvals().size(), by.isEmpty() ? "" : ", the last" + by)
              : "*Approved*%s.".formatted(by));
    }
    return Optional.of(
        own.filter(say -> say.verdict() == Verdict.DENY).isPresent()
            ? "*Denied*%s.".formatted(by)
            : "*Closed* without an approval.");
  }

  private static Map<String, Object> message(String told, String run, GateState gate) {
    String about =
        "Run `%s`, step `%s`, call `%s`"
            .formatted(run, gate.request().gate(), gate.request().callDigest());
    return Map.of(
        "replace_original",
        true,
        "text",
        told,
        "blocks",
        List.of(
            Map.of("type", "section", "text", markdown(told)),
            Map.of("type", "context", "elements", List.of(markdown(about)))));
  }

  private static Map<String, Object> markdown(String text) {
    return Map.of("type", "mrkdwn", "text", text);
  }
}
