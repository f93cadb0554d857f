package ai.rails.app.evidence;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Palette;
import ai.rails.platform.evidence.Check;
import ai.rails.platform.evidence.Verdict;

/// A verdict for people: the answer first, then what was looked at, then what nobody should read
/// into it.
record VerdictText(Palette palette) {
  private static final String NEWLINE = System.lineSeparator();
  private static final Map<Check.Group, String> QUESTIONS =
      Map.of(
          Check.Group.INTEGRITY, "Is it unaltered?",
          Check.Group.COMPLETENESS, "Is anything missing?",
          Check.Group.ASSURANCE, "Who stands for it?");

  String of(Path file, String keys, Verdict verdict) {
    var text = new StringBuilder();
    text.append(palette.cell(verdict.verified() ? "VERIFIED" : "NOT VERIFIED"))
        .append("  ")
        .append(file.getFileName())
        .append(NEWLINE);
    verdict.about().ifPresent(about -> text.append(about(about)));
    text.append(new Facts().add("keys from", keys).text()).append(NEWLINE);
    for (Check.Group group : Check.Group.values()) {
      group(text, group, verdict);
    }
    list(text, "Wrong", verdict.failures().stream().map(Verdict.Failure::toString).toList());
    list(text, "Beware", verdict.warnings());
    list(text, "Not verified", verdict.notVerified());
    return text.toString();
  }

  private static String about(Verdict.About about) {
    var facts = new Facts();
    about.scope().forEach((name, value) -> facts.add(name, String.valueOf(value)));
    return facts
        .add("entries", "%d, of a log of %d".formatted(about.entries(), about.size()))
        .add("log", about.origin())
        .add("signed with", about.signer())
        .add(
            "witnessed",
            about.checkpointTime().map(t -> Instant.ofEpochSecond(t).toString()).orElse(""))
        .text();
  }

  private void group(StringBuilder text, Check.Group group, Verdict verdict) {
    text.append("%-14s".formatted(titled(group.label())))
        .append(palette.cell("%-8s".formatted(verdict.outcome(group).name())))
        .append(QUESTIONS.getOrDefault(group, ""))
        .append(NEWLINE);
    for (Verdict.Finding finding : verdict.checks()) {
      if (finding.check().group() == group) {
        text.append("  %-12s".formatted(finding.check().label()))
            .append(palette.cell("%-8s".formatted(finding.outcome().name())))
            .append(finding.detail())
            .append(NEWLINE);
      }
    }
  }

  private static String titled(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private void list(StringBuilder text, String heading, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    text.append(NEWLINE).append(palette.heading(heading)).append(NEWLINE);
    lines.forEach(line -> text.append("  - ").append(line).append(NEWLINE));
  }
}
