package ai.rails.app.connector;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.standin.vendor.Vendor;

/// One action of one connector: how it is called, what the vendor then receives, and what comes of
/// it.
///
/// @param places beside the host, whose requests go to the same stand-in
/// @param params JSON in single quotes
/// @param vendor a new one for each test
/// @param seed what is there before, as journal kind and facts
/// @param effect journal kind of what it does; absent if it reads
/// @param waits whether the vendor says how long to wait when it is asked too often
/// @param received every request, exactly; `{id}` stands for the call's id
/// @param output JSON in single quotes
record VendorCase(
    String connector,
    String version,
    String action,
    String host,
    List<String> places,
    Map<String, String> credential,
    String params,
    Supplier<Vendor> vendor,
    Optional<Map.Entry<String, ObjectNode>> seed,
    Optional<String> effect,
    IdempotencyClass idempotencyClass,
    boolean waits,
    List<String> received,
    String output,
    String vendorRef) {
  /// The SHA-256 of the idempotency key of step `tell`, `key-tell`.
  static final String ID = "2a4dca202e58804b92afb502688d9d0ade1ef6832b904669c0590824b1a11acb";

  Governed.Call call() {
    return new Governed.Call(
        connector, version, action, host, 443, credential, params, "tell", false);
  }

  /// What the request with the effect is made by; for a read, its only request.
  String method() {
    String last = received.getLast();
    return last.substring(0, last.indexOf(' '));
  }

  boolean isWrite() {
    return effect.isPresent();
  }

  @Override
  public String toString() {
    return "%s@%s %s".formatted(connector, version, action);
  }
}
