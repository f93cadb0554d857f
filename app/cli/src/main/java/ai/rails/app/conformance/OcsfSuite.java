package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

import ai.rails.app.conformance.Case.Expectation;
import ai.rails.app.conformance.Case.Outcome;
import ai.rails.stream.siem.OcsfCases;

/// OCSF events, held against a compiled schema.
final class OcsfSuite implements Suite {
  @Override
  public String name() {
    return "ocsf";
  }

  @Override
  public String about() {
    return "OCSF events against the compiled schema (OCSF 1.8.0 unless the directory has one)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    return OcsfCases.of(directory).stream().map(OcsfSuite::told);
  }

  private static Case told(OcsfCases.Case event) {
    return new Case(
        event.name(),
        event.accept() ? Expectation.ACCEPT : Expectation.REJECT,
        () -> Outcome.of(event.problems().isEmpty(), String.join("; ", event.problems())));
  }
}
