package ai.rails.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Who of the installation holds how much memory.
final class Memory {
  private Memory() {}

  /// This process, named `launcher`, holds the broker, the stages, the stand-ins and the benchmark
  /// itself.
  static Map<String, ProcessFigures> byProcess(long postmaster) {
    Map<String, ProcessFigures> memory = new HashMap<>();
    memory.put("launcher", ProcessFigures.of(ProcessHandle.current().pid()));
    ProcessFigures.ofTrees(List.of(postmaster))
        .ifPresent(figures -> memory.put("postgresql", figures));
    ProcessHandle.current()
        .descendants()
        .forEach(process ->
            name(process.pid())
                .ifPresent(name ->
                    memory.merge(name, ProcessFigures.of(process.pid()), ProcessFigures::plus)));
    return memory;
  }

  /// Read from the kernel, since the JDK leaves out a command line as long as a class path.
  private static Optional<String> name(long pid) {
    try {
      List<String> words =
          List.of(
              Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"), UTF_8)
                  .split("\0", -1));
      if (words.contains("ai.rails.app.worker.SimulatedWorker")) {
        return Optional.of("worker");
      }
      if (words.contains("ai.rails.enclave.egress.EgressProxy")) {
        return Optional.of("egress");
      }
      return words.getFirst().endsWith("opa") ? Optional.of("opa") : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
