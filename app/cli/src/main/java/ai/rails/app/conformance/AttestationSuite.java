package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import ai.rails.app.attestation.AttestationCases;
import ai.rails.app.attestation.CaseResult;
import ai.rails.app.conformance.Case.Expectation;
import ai.rails.app.conformance.Case.Outcome;

/// Attestation evidence: a directory with a `cases.json`. A case is right only if verdict, reason
/// and every field that it names are.
final class AttestationSuite implements Suite {
  @Override
  public String name() {
    return "attestation";
  }

  @Override
  public String about() {
    return "Intel TDX quotes and AMD SEV-SNP reports (a cases.json)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    return Files.exists(directory.resolve("cases.json"))
        ? AttestationCases.run(directory).stream().map(AttestationSuite::told)
        : Stream.empty();
  }

  private static Case told(CaseResult result) {
    boolean refusal = result.expect().equals("REJECT");
    return new Case(
        result.name(),
        refusal ? Expectation.REJECT : Expectation.ACCEPT,
        () -> {
          if (!result.ok()) {
            throw new IllegalStateException(String.join("; ", result.wrong()));
          }
          return refusal ? Outcome.reject(result.reason()) : Outcome.accept("");
        });
  }
}
