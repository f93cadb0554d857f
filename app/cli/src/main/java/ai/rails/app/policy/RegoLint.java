package ai.rails.app.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;

/// The platform's lints in Rego, asked through OPA on this machine; no server is needed.
public final class RegoLint {
  private static final List<String> SHARED = List.of("lib/models/models.rego");

  private final Path opa;

  private RegoLint(Path opa) {
    this.opa = opa;
  }

  /// @throws Unavailable if there is no OPA that is good enough
  public static RegoLint open() {
    Map<String, String> environment = System.getenv();
    return new RegoLint(
        OpaBinary.find(environment, Path.of(environment.getOrDefault("AIRAILS_HOME", "."))).path());
  }

  /// What is odd, the worst first.
  ///
  /// @param severity `ERROR` or `WARNING`
  /// @param at what it is about
  public record Finding(String severity, String code, String at) {
    public boolean isError() {
      return severity.equals("ERROR");
    }

    @Override
    public String toString() {
      return "%s %s: %s".formatted(severity, code, at);
    }
  }

  /// @param lint `policy_lint` or `workflow_lint`
  /// @param data documents that are looked at beside the input
  public List<Finding> findings(
      String lint, Map<String, Object> input, Optional<Map<String, Object>> data) {
    try {
      Path directory = Files.createTempDirectory("airails-lint-");
      try {
        return findings(directory, lint, input, data);
      } finally {
        remove(directory);
      }
    } catch (IOException e) {
      throw new Unavailable("the lint of policies can not be asked", e);
    }
  }

  private List<Finding> findings(
      Path directory, String lint, Map<String, Object> input, Optional<Map<String, Object>> data)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(opa.toString(), "eval", "--format=json"));
    for (String file :
        Stream.concat(SHARED.stream(), Stream.of(lint + "/findings.rego")).toList()) {
      command.add("--data=" + write(directory, file, rego(file)));
    }
    if (data.isPresent()) {
      command.add(
          "--data=" + write(directory, "data.json", Api.JSON.writeValueAsBytes(data.get())));
    }
    command.add("--input=" + write(directory, "input.json", Api.JSON.writeValueAsBytes(input)));
    command.add("data.airails.%s.findings".formatted(lint));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    JsonNode answer = Api.JSON.readTree(process.getInputStream().readAllBytes());
    JsonNode found = answer.at("/result/0/expressions/0/value");
    if (process.onExit().join().exitValue() != 0 || !found.isArray()) {
      throw new Unavailable("OPA does not answer what the lint says of this");
    }
    return found
        .valueStream()
        .map(each ->
            new Finding(
                each.path("severity").asText(),
                each.path("code").asText(),
                each.path("at").asText()))
        .sorted(Comparator.comparing(Finding::toString))
        .toList();
  }

  private static byte[] rego(String file) throws IOException {
    String name = "/policies/rego/airails/" + file;
    try (InputStream in = RegoLint.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in this build");
      }
      return in.readAllBytes();
    }
  }

  private static Path write(Path directory, String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
