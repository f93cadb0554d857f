package ai.rails.platform.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/// Writes a bundle of a run, and the files of who is to be believed, into a directory: `bundle.zip`
/// and `trust/`. Makes the golden bundle again when its format changes with intent.
final class SampleBundle {
  private SampleBundle() {}

  /// @param arguments directory, entries of the run, entries of the log around it
  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
  }

  static Bench write(Path directory, int entries, int others) throws IOException {
    var log = new SyntheticLog().worker();
    IntStream.range(0, others / 4).forEach(run -> log.whole(100 + run, 2));
    log.whole(1, entries);
    IntStream.range(0, others / 4).forEach(run -> log.whole(100_000 + run, 2));
    Files.createDirectories(directory.resolve("trust"));
    Bench bench = Bench.over(log, directory).stamped();
    Files.write(directory.resolve("bundle.zip"), bench.write(log.ofRun(1)));
    Path trust = directory.resolve("trust");
    text(trust.resolve(Trust.POLICY_FILE), log.policy());
    text(trust.resolve(Trust.EVIDENCE_FILE), PublicKeys.pem(bench.key().publicKey()));
    Files.copy(
        directory.resolve("tsa").resolve("tsa-root.pem"), trust.resolve(Trust.STAMP_ROOT_FILE));
    return bench;
  }

  private static void text(Path file, String content) throws IOException {
    Files.writeString(file, content, StandardCharsets.US_ASCII);
  }
}
