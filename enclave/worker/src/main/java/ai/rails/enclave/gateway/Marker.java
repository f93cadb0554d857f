package ai.rails.enclave.gateway;

import java.util.regex.Pattern;

import ai.rails.enclave.worker.CallPort.Order;

/// The text by which the other side's records name a call, for example `[airails:<run>/<step>]`. It
/// is the same in every attempt; when a person lets a step run again it is another.
final class Marker {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private Marker() {}

  static String of(Order order) {
    if (!ID.matcher(order.run()).matches() || !ID.matcher(order.step()).matches()) {
      throw new IllegalStateException("run and step ids are letters, digits and ._-");
    }
    return order.attemptGroup() == 1
        ? "[airails:%s/%s]".formatted(order.run(), order.step())
        : "[airails:%s/%s/%d]".formatted(order.run(), order.step(), order.attemptGroup());
  }
}
