package ai.rails.app.demo;

import java.io.PrintStream;
import java.time.Duration;

/// Tells people what happens, as it happens.
public final class Narrator {
  private final PrintStream out;
  private final long began = System.nanoTime();

  public Narrator(PrintStream out) {
    this.out = out;
  }

  public void chapter(String title) {
    out.printf("%n%s%n", title);
    out.flush();
  }

  /// A line to copy; no time belongs to it.
  @SuppressWarnings("AnnotateFormatMethod")
  public void hint(String format, Object... values) {
    out.printf("  %s%n", format.formatted(values));
    out.flush();
  }

  @SuppressWarnings("AnnotateFormatMethod")
  public void line(String format, Object... values) {
    Duration at = Duration.ofNanos(System.nanoTime() - began);
    out.printf("  %6.1f s  %s%n", at.toMillis() / 1000.0, format.formatted(values));
    out.flush();
  }
}
