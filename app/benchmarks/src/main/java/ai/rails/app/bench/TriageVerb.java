package ai.rails.app.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import ai.rails.app.embedded.Unavailable;
import ai.rails.enclave.classifier.LabelledText;
import ai.rails.enclave.classifier.Model;
import ai.rails.enclave.classifier.OfflineClassifier;

/// `rails bench triage`: how many labels of tickets the models get right, field by field.
@Command(
    name = "triage",
    description = "Judge the offline classifier on a file of labelled tickets.",
    mixinStandardHelpOptions = true)
final class TriageVerb extends BenchVerb {
  @Option(
      names = "--tickets",
      paramLabel = "FILE",
      description =
          "CSV with text (or short_description and description, or title and body) and category,"
              + " assignment_group, urgency or impact; with fold, learns from fold=train and judges"
              + " the rest.")
  private @Nullable Path tickets;

  @Option(
      names = "--train",
      paramLabel = "FILE",
      description = "Learns from this CSV; without it and without fold, the built-in model judges.")
  private @Nullable Path train;

  TriageVerb(PrintStream out) {
    super(out);
  }

  /// What one model did.
  ///
  /// @param trainedOn texts it learnt from, beside those it was built with
  /// @param correct field to labels that it got right
  /// @param cost of all tickets; the offline classifier is free
  record OfModel(
      String model,
      String field,
      int trainedOn,
      int total,
      int correct,
      double accuracy,
      double macroF1,
      double coverageAt90,
      double accuracyAt90,
      Cost cost) {}

  /// An amount, not rounded.
  record Cost(String currency, double amount) {}

  /// The whole result.
  ///
  /// @param total tickets that were judged
  /// @param correct field to labels that were right
  /// @param refused tickets without text
  /// @param skipped fields of the file for which there was nothing to learn from
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Judged(
      String benchmark,
      String tickets,
      int total,
      Map<String, Integer> correct,
      Map<String, Double> accuracy,
      int refused,
      Cost cost,
      List<OfModel> models,
      List<String> skipped,
      Machine machine,
      @Nullable TriageFigures triage)
      implements Figures {
    @Override
    public void print(PrintStream out) {
      out.printf("%s: %s tickets judged, %s refused for want of text%n", tickets, total, refused);
      out.printf("field             correct  accuracy  macro-F1  trained on  model%n");
      models.forEach(each ->
          out.printf(
              Locale.ROOT,
              "%-16s  %7s    %.4f    %.4f  %10s  %s%n",
              each.field(),
              each.correct(),
              each.accuracy(),
              each.macroF1(),
              each.trainedOn(),
              each.model()));
      skipped.forEach(field -> out.printf("%-16s  nothing to learn from%n", field));
      out.printf("cost: 0 USD, an offline classifier is no language model%n");
    }
  }

  @Override
  Figures measure() throws IOException {
    require(
        train != null || tickets != null,
        "triage needs --tickets FILE, or --train FILE with a fold");
    Path named = Optional.ofNullable(tickets).or(() -> Optional.ofNullable(train)).orElseThrow();
    TicketFile all = TicketFile.read(named);
    Optional<TicketFile> other =
        Optional.ofNullable(train).filter(_ -> tickets != null).map(TicketFile::read);
    Optional<TicketFile> learnt =
        other.or(() -> all.isSplit() ? Optional.of(all.fold(true)) : Optional.empty());
    TicketFile judged = other.isEmpty() && all.isSplit() ? all.fold(false) : all;
    if (judged.rows().isEmpty()) {
      throw new Unavailable(named + " has no rows to judge: all have fold=train");
    }
    Map<String, Integer> correct = new TreeMap<>();
    Map<String, Double> accuracy = new TreeMap<>();
    List<OfModel> models = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    TriageFigures first = null;
    for (String field : judged.fields()) {
      Optional<TriageFigures> found = judge(field, learnt, judged);
      if (found.isEmpty()) {
        skipped.add(field);
        continue;
      }
      TriageFigures each = found.get();
      first = first == null ? each : first;
      correct.put(field, each.correct());
      accuracy.put(field, each.accuracy());
      models.add(of(field, each));
    }
    if (first == null) {
      throw new Unavailable(
          "%s has no labels that the built-in model knows; name a CSV to learn from: --train"
              .formatted(named));
    }
    return new Judged(
        "triage",
        String.valueOf(named.getFileName()),
        judged.rows().size(),
        new LinkedHashMap<>(correct),
        new LinkedHashMap<>(accuracy),
        judged.refused(),
        new Cost("USD", 0),
        models,
        skipped,
        Machine.of(named.toAbsolutePath()),
        first);
  }

  /// @return empty if nothing was learnt of the field
  private static Optional<TriageFigures> judge(
      String field, Optional<TicketFile> learnt, TicketFile judged) {
    List<LabelledText> texts = judged.labelled(field);
    if (learnt.filter(file -> file.has(field)).isPresent()) {
      return Optional.of(
          TriageFigures.measure(learnt.get().labelled(field), texts, System::nanoTime));
    }
    Model standard = OfflineClassifier.standard();
    boolean known = texts.stream().anyMatch(text -> standard.labels().contains(text.label()));
    return known
        ? Optional.of(TriageFigures.measure(standard, List.of(), texts, System::nanoTime))
        : Optional.empty();
  }

  private static OfModel of(String field, TriageFigures each) {
    return new OfModel(
        each.model(),
        field,
        each.trainingTexts(),
        each.total(),
        each.correct(),
        each.accuracy(),
        each.macroF1(),
        each.coverageAt90(),
        each.accuracyAt90(),
        new Cost("USD", 0));
  }
}
