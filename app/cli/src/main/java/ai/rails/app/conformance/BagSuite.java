package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import ai.rails.app.conformance.Case.Expectation;
import ai.rails.app.conformance.Case.Outcome;
import ai.rails.platform.evidence.BagDirectory;

/// Bags (RFC 8493 and the versions before it), laid out as the Library of Congress' conformance
/// suite does: folders `valid`, `invalid`, `warning`, `linux-only` and `windows-only` with bags in
/// them. A bag elsewhere is expected to be valid, unless its path says otherwise.
final class BagSuite implements Suite {
  private static final int DEPTH = 12;

  @Override
  public String name() {
    return "bagit";
  }

  @Override
  public String about() {
    return "bags in directories, RFC 8493 (LibraryOfCongress/bagit-conformance-suite)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    var bags = new ArrayList<Path>();
    find(directory.toAbsolutePath().normalize(), DEPTH, bags);
    return bags.stream()
        .map(bag -> {
          String name = directory.toAbsolutePath().normalize().relativize(bag).toString();
          return new Case(
              name.isEmpty() ? String.valueOf(bag.getFileName()) : name,
              expectation(directory.toAbsolutePath().normalize(), bag),
              () -> judge(bag));
        });
  }

  private static void find(Path directory, int depth, List<Path> bags) throws IOException {
    Path parent = directory.getParent();
    boolean filed = parent != null && category(parent) != null;
    if (Files.isRegularFile(directory.resolve("bagit.txt")) || filed) {
      bags.add(directory);
      return;
    }
    if (depth == 0) {
      return;
    }
    try (Stream<Path> children = Files.list(directory)) {
      for (Path child : children.filter(Files::isDirectory).sorted().toList()) {
        if (!String.valueOf(child.getFileName()).startsWith(".")) {
          find(child, depth - 1, bags);
        }
      }
    }
  }

  private static @Nullable Expectation category(Path folder) {
    return switch (String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT)) {
      case "valid" -> Expectation.ACCEPT;
      case "warning" -> Expectation.WARN;
      case "invalid", "linux-only", "windows-only" -> Expectation.REJECT;
      default -> null;
    };
  }

  /// The nearest folder that says something decides.
  private static Expectation expectation(Path root, Path bag) {
    for (Path at = bag.getParent();
        at != null && at.startsWith(root.getParent() == null ? root : root.getParent());
        at = at.getParent()) {
      Expectation said = category(at);
      if (said != null) {
        return said;
      }
    }
    String name = String.valueOf(bag.getFileName()).toLowerCase(Locale.ROOT);
    return name.matches(".*(invalid|bad|corrupt|tamper|missing|extra|incomplete|wrong).*")
        ? Expectation.REJECT
        : Expectation.ACCEPT;
  }

  private static Outcome judge(Path bag) throws IOException {
    BagDirectory.Report report = BagDirectory.check(bag);
    return report.problems().isEmpty()
        ? new Outcome(
            Verdict.ACCEPT, String.join("; ", report.warnings()), !report.warnings().isEmpty())
        : Outcome.reject(String.join("; ", report.problems()));
  }
}
