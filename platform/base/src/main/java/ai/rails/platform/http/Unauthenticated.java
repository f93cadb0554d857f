package ai.rails.platform.http;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;

import ai.rails.platform.telemetry.Names;
import ai.rails.platform.telemetry.Telemetry;

/// Counts requests that nobody known made, by route and reason. Those of somebody who is known are
/// entries of a log; these are figures, and say nothing of who, from where or with what. Safe for
/// use by several threads.
final class Unauthenticated {
  private final LongCounter refused;

  Unauthenticated(Telemetry telemetry) {
    this.refused =
        telemetry
            .meter()
            .counterBuilder(Names.UNAUTHENTICATED)
            .setUnit("{request}")
            .setDescription("Requests that were refused because nobody known made them.")
            .build();
  }

  /// Why nobody is known.
  enum Reason {
    NO_TOKEN,
    /// It is no bearer token, or too long for one.
    MALFORMED_TOKEN,
    /// It is not one of ours, or no longer.
    INVALID_TOKEN,
    NO_CERTIFICATE,
    /// Of a webhook or of Slack's request.
    BAD_SIGNATURE
  }

  void count(Route route, Reason reason) {
    refused.add(1, Attributes.of(Names.HTTP_ROUTE, route.path(), Names.ERROR_TYPE, reason.name()));
  }
}
