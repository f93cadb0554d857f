package ai.rails.app.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/// An OPA that is new enough: versions before 1.21.3 accept a bundle whose signature was stripped.
public record OpaBinary(Path path, String version) {
  public static final String INSTALL =
      "GOTOOLCHAIN=local CGO_ENABLED=0 GOBIN=~/.cache/airails/opa-1.22.0"
          + " go install github.com/open-policy-agent/opa@v1.22.0";

  private static final int[] OLDEST = {1, 21, 3};
  private static final Pattern VERSION = Pattern.compile("(?m)^Version: (\\d+)\\.(\\d+)\\.(\\d+)");

  /// The first good one of `$AIRAILS_OPA` (then no other is tried), `.tools/bin`, the cache,
  /// `PATH`.
  ///
  /// @throws Unavailable naming each candidate that was refused, and how to install one
  public static OpaBinary find(Map<String, String> environment, Path projectDirectory) {
    var refused = new ArrayList<String>();
    for (Path candidate : candidates(environment, projectDirectory)) {
      if (Files.isExecutable(candidate)) {
        Optional<String> version = versionOf(candidate);
        if (version.filter(OpaBinary::sufficient).isPresent()) {
          return new OpaBinary(candidate.toAbsolutePath(), version.get());
        }
        refused.add(
            "%s is %s, older than 1.21.3 accepts stripped bundle signatures"
                .formatted(candidate, version.orElse("no OPA")));
      }
    }
    String why = refused.isEmpty() ? "none found" : String.join("; ", refused);
    throw new Unavailable("OPA >= 1.21.3 is missing (" + why + "); install it: " + INSTALL);
  }

  static boolean sufficient(String version) {
    String[] parts = version.split("\\.", -1);
    for (int i = 0; i < OLDEST.length; i++) {
      int difference = Integer.parseInt(parts[i]) - OLDEST[i];
      if (difference != 0) {
        return difference > 0;
      }
    }
    return true;
  }

  private static List<Path> candidates(Map<String, String> environment, Path projectDirectory) {
    String chosen = environment.getOrDefault("AIRAILS_OPA", "");
    if (!chosen.isEmpty()) {
      return List.of(Path.of(chosen));
    }
    Stream<Path> known =
        Stream.of(
            projectDirectory.resolve(".tools/bin/opa"),
            Path.of(environment.getOrDefault("HOME", "/"), ".cache/airails/opa-1.22.0/opa"));
    Stream<Path> onPath =
        Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
            .filter(directory -> !directory.isEmpty())
            .map(directory -> Path.of(directory, "opa"));
    return Stream.concat(known, onPath).toList();
  }

  private static Optional<String> versionOf(Path binary) {
    try {
      Process process =
          new ProcessBuilder(binary.toString(), "version").redirectErrorStream(true).start();
      Matcher version = VERSION.matcher(new String(process.getInputStream().readAllBytes(), UTF_8));
      return process.waitFor() == 0 && version.find()
          ? Optional.of(version.group().substring("Version: ".length()))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
