package ai.rails.projection.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.TlogPolicy;

/// The cell's tlog-policy: whose checkpoints are believed. Read again when the file has changed.
/// Without one nothing is believed. Thread-safe.
public final class PolicyFile implements Supplier<String> {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFile.class);
  private static final String NOTHING = "quorum none\n";
  private static final int BYTES_MAX = 1 << 20;

  private final Optional<Path> file;
  private String text = NOTHING;
  private Optional<FileTime> read = Optional.empty();

  /// @param file `evidence.policy.file`
  public PolicyFile(Optional<Path> file) {
    this.file = file;
  }

  /// The policy's text. A file that can not be read, or is no policy, changes nothing.
  @Override
  public synchronized String get() {
    file.filter(Files::exists).ifPresent(this::refresh);
    return text;
  }

  private void refresh(Path path) {
    try {
      FileTime changed = Files.getLastModifiedTime(path);
      if (read.filter(changed::equals).isPresent()) {
        return;
      }
      read = Optional.of(changed);
      if (Files.size(path) > BYTES_MAX) {
        throw new IllegalArgumentException("it has more than %d bytes".formatted(BYTES_MAX));
      }
      String fresh = Files.readString(path, StandardCharsets.UTF_8);
      TlogPolicy _ = TlogPolicy.parse(fresh);
      text = fresh;
    } catch (IOException | IllegalArgumentException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("file", path)
          .log("policy of the logs can not be read; the one before stays");
    }
  }
}
