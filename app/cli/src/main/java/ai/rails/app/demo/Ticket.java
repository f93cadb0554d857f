package ai.rails.app.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import ai.rails.app.embedded.Unavailable;
import ai.rails.enclave.classifier.Csv;
import ai.rails.enclave.classifier.LabelledText;
import ai.rails.standin.servicenow.DemoIncidents;

/// A ticket of the demo and the category a person gave it. The category is never shown to the
/// model.
public record Ticket(
    String sysId, String number, String shortDescription, String description, String category) {
  /// The platform may not write tickets of this category; the demo's policy says so.
  public static final String RESERVED = "Administrative rights";

  private static final int TITLE = 80;

  /// Tickets to triage, and texts that a model may learn from; no ticket is among them.
  ///
  /// @param source says where they come from
  /// @param heldOut all texts that a model may be judged by: those of the tickets, and of others
  public record Set(
      String source,
      List<Ticket> tickets,
      List<LabelledText> training,
      List<LabelledText> heldOut) {
    public Set {
      tickets = List.copyOf(tickets);
      training = List.copyOf(training);
      heldOut = List.copyOf(heldOut);
    }

    private static Set of(String source, List<Ticket> all, int count, List<LabelledText> training) {
      List<LabelledText> heldOut =
          all.stream().map(each -> new LabelledText(each.text(), each.category())).toList();
      return new Set(source, chosen(all, count), training, heldOut);
    }
  }

  /// As the worker gives it to the classifier.
  private String text() {
    return shortDescription + "\n" + description;
  }

  /// The same words reported once more, as a ticket of its own.
  Ticket again(String salt) {
    return new Ticket(id(salt, 0), number(salt, 0), shortDescription, description, category);
  }

  /// The synthetic incidents written for this project.
  public static Set synthetic(int count, String salt) {
    List<Ticket> all = new ArrayList<>();
    for (DemoIncidents.Labelled each : DemoIncidents.all()) {
      int i = all.size();
      all.add(
          new Ticket(
              id(salt, i),
              number(salt, i),
              each.incident().shortDescription(),
              each.incident().description(),
              each.expectedCategory()));
    }
    return Set.of("synthetic incidents written for this project", all, count, List.of());
  }

  /// A file with columns `text`, `category` and `fold`: it learns from fold `train` and takes its
  /// tickets from the others.
  public static Set file(Path file, int count, String salt) {
    List<LabelledText> training = new ArrayList<>();
    List<Ticket> tickets = new ArrayList<>();
    List<Map<String, String>> rows = Csv.read(file);
    for (Map<String, String> row : rows) {
      String text = column(file, row, "text");
      String category = column(file, row, "category");
      if (column(file, row, "fold").equals("train")) {
        training.add(new LabelledText(text, category));
      } else {
        int i = tickets.size();
        String title = text.length() <= TITLE ? text : text.substring(0, TITLE);
        tickets.add(new Ticket(id(salt, i), number(salt, i), title, text, category));
      }
    }
    if (training.isEmpty() || tickets.isEmpty()) {
      throw new Unavailable(
          "%s has no rows with fold=train, or none with another fold".formatted(file));
    }
    return Set.of("tickets of " + file.getFileName(), tickets, count, training);
  }

  /// The first ones, with at least one of the category that policy keeps the platform from writing.
  private static List<Ticket> chosen(List<Ticket> all, int count) {
    List<Ticket> first = new ArrayList<>(all.subList(0, Math.min(count, all.size())));
    if (first.stream().noneMatch(Ticket::reserved)) {
      all.stream()
          .filter(Ticket::reserved)
          .findFirst()
          .ifPresent(ticket -> first.set(first.size() - 1, ticket));
    }
    return first;
  }

  private boolean reserved() {
    return category.equals(RESERVED);
  }

  private static String column(Path file, Map<String, String> row, String name) {
    String value = row.get(name);
    if (value == null) {
      throw new Unavailable("%s has no column %s".formatted(file, name));
    }
    return value;
  }

  private static String id(String salt, int i) {
    return "%s%08x".formatted(salt.substring(0, 24), i).toLowerCase(Locale.ROOT);
  }

  private static String number(String salt, int i) {
    long base = Long.parseLong(salt.substring(0, 6), 16) % 80_000;
    return "INC%07d".formatted((base + 10_000) * 100 + i);
  }
}
