package ai.rails.enclave.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import org.slf4j.LoggerFactory;

/// Where a test makes this process die, to prove that nothing happens twice. Refused in production.
///
/// It dies once for each call: a file with the call's id remembers it over the restart.
public interface FailPoint {
  /// Exit status of a process that dies at a failpoint.
  int HALTED = 86;

  /// Never dies.
  FailPoint NONE = (at, step, callId) -> {};

  /// Says that a place has been reached; may not return.
  void reached(Place at, String step, String callId);

  /// Places between which a crash matters.
  enum Place {
    AFTER_CLAIM,
    AFTER_INTENT,
    AFTER_EFFECT,
    BEFORE_OUTCOME;

    /// @param name for example `after-intent`
    /// @throws IllegalArgumentException for an unknown name
    static Place named(String name) {
      for (Place place : values()) {
        if (name.equals(place.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
          return place;
        }
      }
      throw new IllegalArgumentException(
          "worker.failpoint is %s; use after-claim, after-intent, after-effect or before-outcome"
              .formatted(name));
    }
  }

  /// Dies at a place, once for each call.
  ///
  /// @param step the only step that it dies at, or empty for any
  /// @param death what dying is; does not return
  static FailPoint once(Place place, String step, Path directory, Runnable death) {
    return (at, reachedStep, callId) -> {
      if (at == place && (step.isEmpty() || step.equals(reachedStep)) && first(directory, callId)) {
        LoggerFactory.getLogger(FailPoint.class)
            .warn("failpoint reached: this process halts place={} call={}", at, callId);
        death.run();
      }
    };
  }

  private static boolean first(Path directory, String callId) {
    try {
      Files.createDirectories(directory);
      Files.createFile(directory.resolve("failpoint-" + callId));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("a failpoint can not remember call " + callId, e);
    }
  }
}
