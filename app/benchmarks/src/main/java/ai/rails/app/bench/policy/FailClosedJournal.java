package ai.rails.app.bench.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.bench.policy.FailClosedFigures.ByFault;
import ai.rails.app.bench.policy.FailClosedFigures.Control;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A file to which each ended round is added, so that measurements accumulate and one that was
/// interrupted loses only its last round.
final class FailClosedJournal {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  FailClosedJournal(Path file) {
    this.file = file;
  }

  /// A round: a control, and a fault.
  ///
  /// @param measurement which call of the verb it belongs to
  record Round(String measurement, String fault, ByFault faulty, Control control) {}

  void add(Round round) throws IOException {
    String line = JSON.writeValueAsString(round) + "\n";
    Files.writeString(file, line, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// Everything that the file holds. A last line that was cut off is none.
  FailClosedFigures figures() throws IOException {
    Map<String, ByFault> byFault = new TreeMap<>();
    Control control = new Control(0, 0, 0);
    TreeSet<String> measurements = new TreeSet<>();
    String text = Files.exists(file) ? Files.readString(file, UTF_8) : "";
    List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    for (String line : lines) {
      Round round = JSON.readValue(line, Round.class);
      byFault.merge(round.fault(), round.faulty(), ByFault::plus);
      control = control.plus(round.control());
      measurements.add(round.measurement());
    }
    long attempts = byFault.values().stream().mapToLong(ByFault::attempts).sum();
    long reached = byFault.values().stream().mapToLong(ByFault::reachedSink).sum();
    return new FailClosedFigures(
        attempts,
        reached,
        FailClosedFigures.bound(attempts, reached),
        byFault,
        control,
        Attempts.AT_ONCE,
        measurements.size());
  }
}
