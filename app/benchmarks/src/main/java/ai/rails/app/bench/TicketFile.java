package ai.rails.app.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import ai.rails.app.embedded.Unavailable;
import ai.rails.enclave.classifier.Csv;
import ai.rails.enclave.classifier.LabelledText;

/// A CSV of tickets that people have labelled. Its text is in one column or in two, its labels in
/// one column or several.
///
/// @param refused rows that have no text, which no workflow takes
record TicketFile(Path file, List<Map<String, String>> rows, int refused) {
  private static final List<String> TEXTS =
      List.of("text", "short_description", "description", "title", "body");
  private static final List<String> FIELDS =
      List.of("category", "assignment_group", "urgency", "impact");
  private static final String TRAIN = "train";

  /// @throws Unavailable if it can not be read, or lacks text or labels
  static TicketFile read(Path file) {
    if (!Files.isReadable(file)) {
      throw new Unavailable(file + " can not be read; name a CSV with text and category");
    }
    List<Map<String, String>> all = Csv.read(file);
    if (all.isEmpty() || TEXTS.stream().noneMatch(all.getFirst()::containsKey)) {
      throw new Unavailable("%s has no rows, or none of the columns %s".formatted(file, TEXTS));
    }
    if (FIELDS.stream().noneMatch(all.getFirst()::containsKey)) {
      throw new Unavailable("%s has no column category, nor another of %s".formatted(file, FIELDS));
    }
    List<Map<String, String>> rows = all.stream().filter(row -> !text(row).isBlank()).toList();
    return new TicketFile(file, rows, all.size() - rows.size());
  }

  /// The labels that it has.
  List<String> fields() {
    return FIELDS.stream().filter(rows.getFirst()::containsKey).toList();
  }

  boolean has(String field) {
    return !rows.isEmpty() && rows.getFirst().containsKey(field);
  }

  boolean isSplit() {
    return rows.stream().anyMatch(row -> TRAIN.equals(row.get("fold")));
  }

  /// The rows to learn from, or the others.
  TicketFile fold(boolean training) {
    return new TicketFile(
        file,
        rows.stream().filter(row -> TRAIN.equals(row.get("fold")) == training).toList(),
        training ? 0 : refused);
  }

  List<LabelledText> labelled(String field) {
    return rows.stream()
        .map(row -> new LabelledText(text(row), row.getOrDefault(field, "")))
        .toList();
  }

  private static String text(Map<String, String> row) {
    return TEXTS.stream()
        .map(column -> row.getOrDefault(column, ""))
        .filter(text -> !text.isBlank())
        .collect(Collectors.joining("\n"));
  }
}
