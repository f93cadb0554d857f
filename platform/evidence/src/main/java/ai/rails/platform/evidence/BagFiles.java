package ai.rails.platform.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Finds the file that a name in a manifest stands for, also where a system wrote the name with
/// other letters of the same look, or in another case.
final class BagFiles {
  private BagFiles() {}

  /// @param warnings takes what is odd
  static Optional<Path> find(Path bag, String name, Collection<String> warnings)
      throws IOException {
    Optional<Path> exact = step(bag, name, UnaryOperator.identity());
    if (exact.isPresent()) {
      return exact;
    }
    Optional<Path> alike =
        step(
            bag,
            name,
            text -> Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT));
    alike.ifPresent(
        file -> warnings.add("%s is there under a name that only looks the same".formatted(name)));
    return alike;
  }

  private static Optional<Path> step(Path bag, String name, UnaryOperator<String> form)
      throws IOException {
    Path at = bag;
    for (String segment : List.of(name.split("/", -1))) {
      Optional<Path> next = child(at, segment, form);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
    }
    return Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS) ? Optional.of(at) : Optional.empty();
  }

  private static Optional<Path> child(Path directory, String segment, UnaryOperator<String> form)
      throws IOException {
    try {
      Path direct = directory.resolve(segment);
      if (Files.exists(direct, LinkOption.NOFOLLOW_LINKS) && !segment.isEmpty()) {
        return Optional.of(direct);
      }
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    String wanted = form.apply(segment);
    try (Stream<Path> children = Files.list(directory)) {
      return children
          .filter(child -> form.apply(String.valueOf(child.getFileName())).equals(wanted))
          .sorted()
          .findFirst();
    }
  }
}
