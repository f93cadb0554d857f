package ai.rails.app.attestation;

import java.util.List;

/// How one conformance case went.
///
/// @param name the case
/// @param expect `ACCEPT`, `REJECT`, or `SIGNATURES_OK` where no collateral exists
/// @param verdict what came out, in the same words
/// @param reason why it was refused; empty otherwise
/// @param wrong what differs from the case; empty when nothing does
public record CaseResult(
    String name, String expect, String verdict, String reason, List<String> wrong) {
  public CaseResult {
    wrong = List.copyOf(wrong);
  }

  public boolean ok() {
    return wrong.isEmpty();
  }
}
