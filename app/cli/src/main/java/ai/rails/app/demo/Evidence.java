package ai.rails.app.demo;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.evidence.EvidenceCommand;
import ai.rails.platform.evidence.BundleVerifier;
import ai.rails.platform.evidence.Trust;
import ai.rails.platform.evidence.Verdict;
import ai.rails.schema.EventCodec;

/// Exports the evidence of a run, verifies it without the server, and shows that a changed copy is
/// refused.
public final class Evidence {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Flagship flagship;
  private final Path data;
  private final Narrator narrator;

  /// @param data the data directory
  public Evidence(Flagship flagship, Path data, Narrator narrator) {
    this.flagship = flagship;
    this.data = data;
    this.narrator = narrator;
  }

  /// What came of it, as the demo's result has it.
  public record Shown(String file, boolean verified, boolean tamperedRefused) {
    public boolean well() {
      return verified && tamperedRefused;
    }

    public Map<String, Object> tree() {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("file", file);
      tree.put("verified", verified);
      tree.put("tamperedRefused", tamperedRefused);
      return tree;
    }
  }

  /// @param run one that has completed
  public Shown show(String run) {
    narrator.chapter("Evidence for somebody who does not believe us");
    try {
      Path file = export(run);
      Verdict verdict = verify(file);
      narrator.line(
          "%s: %s, offline", file.getFileName(), verdict.verified() ? "VERIFIED" : "NOT VERIFIED");
      verdict.failures().forEach(failure -> narrator.line("  %s", failure));
      Path copy = tampered(file);
      Verdict changed = verify(copy);
      narrator.line(
          "a copy with one bit changed: %s",
          changed.failures().isEmpty()
              ? "ACCEPTED, which is wrong"
              : "refused, " + changed.failures().getFirst());
      Files.delete(copy);
      return new Shown(
          file.toString(),
          verdict.verified(),
          !changed.verified() && !changed.failures().isEmpty());
    } catch (IOException e) {
      throw new Unavailable("the evidence can not be kept in " + data, e);
    }
  }

  private Path export(String run) throws IOException {
    Path directory = Files.createDirectories(data.resolve("evidence"));
    String token = flagship.people().operator(flagship.tenant());
    Path file = directory.resolve("evidence-%s.zip".formatted(run));
    HttpResponse<Path> saved =
        Waiter.until(
            "the evidence of run " + run,
            PATIENCE,
            () -> download(token, "/v1/evidence/runs/" + run, file));
    return saved.body().resolveSibling(file.getFileName());
  }

  /// Empty while witnesses have not seen the run's end.
  private Optional<HttpResponse<Path>> download(String token, String path, Path file) {
    try {
      return Optional.of(flagship.api().download(token, path, file));
    } catch (Unavailable _) {
      return Optional.empty();
    }
  }

  private Verdict verify(Path file) throws IOException {
    return new BundleVerifier(new EventCodec(), EvidenceCommand.DOCUMENTS)
        .verify(file, Trust.directory(data.resolve("trust")));
  }

  /// Flips one bit in the middle.
  private static Path tampered(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    return Files.write(file.resolveSibling("tampered.zip"), bytes);
  }
}
