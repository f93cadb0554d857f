package ai.rails.platform.telemetry;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// A figure that a component shows about itself: how far behind it is, how long a queue is, how
/// much it has done. It is read when somebody looks, from any thread, and carries no content.
///
/// @param name dotted, for example `airails.ledger.lag`
/// @param unit UCUM, for example `ms`, `By` or `{event}`
/// @param value may fail while what it reads is out of reach; then there is no figure
public record Measure(String name, String unit, Kind kind, String description, LongSupplier value) {
  /// How figures of different times relate.
  public enum Kind {
    /// Goes up and down.
    LEVEL,
    /// Only grows, from 0 at the component's start.
    TOTAL
  }

  public static Measure level(String name, String unit, String description, LongSupplier value) {
    return new Measure(name, unit, Kind.LEVEL, description, value);
  }

  public static Measure total(String name, String unit, String description, LongSupplier value) {
    return new Measure(name, unit, Kind.TOTAL, description, value);
  }

  /// The figure, or nothing where it can not be had now.
  public OptionalLong now() {
    try {
      return OptionalLong.of(value.getAsLong());
    } catch (RuntimeException _) {
      return OptionalLong.empty();
    }
  }
}
