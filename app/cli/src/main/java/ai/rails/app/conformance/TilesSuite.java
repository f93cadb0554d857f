package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.conformance.Case.Expectation;
import ai.rails.app.conformance.Case.Outcome;
import ai.rails.domain.ledger.TilePath;

/// Logs as C2SP tlog-tiles lays them out: each directory with a `checkpoint` and a `tile/`. A
/// `*.vkey` beside it is the key that must have signed. Also JSON with `tile_index_paths`.
final class TilesSuite implements Suite {
  @Override
  public String name() {
    return "tlog-tiles";
  }

  @Override
  public String about() {
    return "log directories: root, tiles, entries, checkpoint (C2SP tlog-tiles)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    var cases = new ArrayList<Case>();
    for (Path file : Vectors.files(root)) {
      Path log = Vectors.folder(file);
      if (file.endsWith("checkpoint") && Files.isDirectory(log.resolve("tile"))) {
        cases.add(log(root, log));
      }
    }
    Vectors.objects(root).forEach(vector -> cases.addAll(paths(vector)));
    return cases.stream();
  }

  private static Case log(Path root, Path log) {
    String name = root.relativize(log).toString();
    String shown = name.isEmpty() ? String.valueOf(log.getFileName()) : name;
    boolean bad =
        shown
            .toLowerCase(Locale.ROOT)
            .matches(".*(invalid|bad|tamper|corrupt|reject|refuse|fail|wrong|fork|missing).*");
    return new Case(
        shown,
        bad ? Expectation.REJECT : Expectation.ACCEPT,
        () -> {
          try {
            return Outcome.accept(LogDirectory.check(log));
          } catch (IllegalArgumentException refusal) {
            return Outcome.reject(Case.said(refusal));
          }
        });
  }

  private static List<Case> paths(Vectors.Named vector) {
    var cases = new ArrayList<Case>();
    for (JsonNode each : vector.object().path("tile_index_paths")) {
      String path = each.path("path").asText();
      cases.add(
          new Case(
              "%s: index %s".formatted(vector.name(), each.path("n").asText()),
              Expectation.ACCEPT,
              () ->
                  Outcome.of(
                      TilePath.digits(each.path("n").asLong()).equals(path),
                      "another path than " + path)));
    }
    return cases;
  }
}
