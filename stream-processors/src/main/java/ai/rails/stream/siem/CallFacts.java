package ai.rails.stream.siem;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import ai.rails.domain.run.RunEvent.ToolActionIntended;

/// What is remembered of a call until its run ends, so that what became of it can be told with what
/// it was. Ids only.
///
/// @param sideEffect `read`, `write` or `model` as declared to policy, empty if not known
/// @param intent absent as long as policy was only asked
record CallFacts(String sideEffect, Optional<Intent> intent) {
  private static final String SEPARATOR = "\t";
  private static final int MEMBERS = 8;

  static final CallFacts NONE = new CallFacts("", Optional.empty());

  /// What is about to leave.
  record Intent(
      String tool, String action, String instance, String host, int port, String key, String type) {
    static Intent of(ToolActionIntended e) {
      return new Intent(
          Shown.id(e.tool()),
          Shown.id(e.action()),
          Shown.id(e.instance()),
          e.host().isEmpty() ? "" : Shown.id(e.host()),
          e.port(),
          Shown.id(e.idempotencyKey()),
          e.idempotencyClass().name());
    }
  }

  CallFacts intended(ToolActionIntended event) {
    return new CallFacts(sideEffect, Optional.of(Intent.of(event)));
  }

  byte[] bytes() {
    String text =
        intent
            .map(i ->
                String.join(
                    SEPARATOR,
                    sideEffect,
                    i.tool,
                    i.action,
                    i.instance,
                    i.host,
                    Integer.toString(i.port),
                    i.key,
                    i.type))
            .orElse(sideEffect);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static CallFacts of(byte[] bytes) {
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split(SEPARATOR, -1);
    if (parts.length != MEMBERS) {
      return new CallFacts(parts[0], Optional.empty());
    }
    return new CallFacts(
        parts[0],
        Optional.of(
            new Intent(
                parts[1],
                parts[2],
                parts[3],
                parts[4],
                Integer.parseInt(parts[5]),
                parts[6],
                parts[7])));
  }
}
