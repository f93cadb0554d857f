package ai.rails.app.bench;

import java.io.PrintStream;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import org.jspecify.annotations.Nullable;

import ai.rails.app.bench.policy.FailClosedFigures;

/// All that one benchmark found, with where and on what. What was not measured is absent.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
    String benchmark,
    Machine machine,
    Map<String, String> versions,
    PostgresMeter.@Nullable Settings postgres,
    @Nullable GovernedFigures governed,
    @Nullable Trial peer,
    @Nullable Price priceOfGovernance,
    @Nullable TriageFigures triage,
    @Nullable LedgerFigures ledger,
    @Nullable AttestationFigures attestation,
    @JsonUnwrapped @Nullable FailClosedFigures failClosed) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  public Report {
    versions = Map.copyOf(versions);
  }

  static Report of(
      String benchmark, Machine machine, Map<String, String> versions, TriageFigures triage) {
    return new Report(
        benchmark, machine, versions, null, null, null, null, triage, null, null, null);
  }

  static Report of(
      String benchmark, Machine machine, Map<String, String> versions, LedgerFigures ledger) {
    return new Report(
        benchmark, machine, versions, null, null, null, null, null, ledger, null, null);
  }

  static Report of(Machine machine, Map<String, String> versions, AttestationFigures attestation) {
    return new Report(
        "attestation", machine, versions, null, null, null, null, null, null, attestation, null);
  }

  static Report of(Machine machine, Map<String, String> versions, FailClosedFigures failClosed) {
    return new Report(
        "fail-closed", machine, versions, null, null, null, null, null, null, null, failClosed);
  }

  /// Whether what was measured is what must be so.
  boolean holds() {
    return (failClosed == null || failClosed.holds())
        && (attestation == null || attestation.mutations().holds());
  }

  /// What governance costs: the governed engine's figure over the peer's.
  ///
  /// @param throughputRatio governed runs/s over the peer's; 1 would be for nothing
  /// @param overheadRatio governed step overhead, p50 of a single run, over the peer's
  public record Price(
      double throughputRatio,
      double overheadRatio,
      double writeTransactionsRatio,
      double walBytesRatio) {
    static Price of(Trial governed, Trial peer) {
      return new Price(
          governed.loaded().runsPerSecond() / peer.loaded().runsPerSecond(),
          governed.alone().stepOverhead().p50Ms() / peer.alone().stepOverhead().p50Ms(),
          governed.loaded().writeTransactionsPerRun() / peer.loaded().writeTransactionsPerRun(),
          governed.loaded().walBytesPerRun() / peer.loaded().walBytesPerRun());
    }
  }

  /// One line.
  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("figures are always JSON", e);
    }
  }

  void table(PrintStream out) {
    new Table(out).print(this);
  }
}
