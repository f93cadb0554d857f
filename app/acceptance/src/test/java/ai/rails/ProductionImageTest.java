package ai.rails;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What a production image of each process has on its class path: its module and what that depends
/// on. Simulated evidence, and the launcher that starts simulated guests, are in none.
class ProductionImageTest {
  private static final Path ROOT = root();
  private static final Pattern OWN =
      Pattern.compile(
          "<dependency><groupId>ai\\.rails</groupId><artifactId>([a-z-]+)</artifactId>"
              + "(?!<scope>test)");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "command-services",
        "stream-processors",
        "projections",
        "enclave/worker",
        "enclave/egress",
        "platform/evidence"
      })
  void holdsNoSimulator(String module) throws IOException {
    Set<String> image = new TreeSet<>();
    collect(module, image);

    assertThat(image).contains(module).doesNotContain("enclave/simulator", "app/cli");
    Set<String> others = new TreeSet<>();
    for (String part : image) {
      classes(part)
          .flatMap(own -> own.getDirectDependenciesFromSelf().stream())
          .map(dependency -> dependency.getTargetClass().getPackageName())
          .filter(name -> name.startsWith("ai.rails.simulator") || name.startsWith("ai.rails.app"))
          .forEach(others::add);
    }
    assertThat(others).as("what %s reaches", module).isEmpty();
  }

  private static Stream<JavaClass> classes(String module) {
    Path compiled = ROOT.resolve(module).resolve("target/classes");
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPath(compiled)
            .stream();
  }

  private static void collect(String module, Set<String> image) throws IOException {
    if (!image.add(module)) {
      return;
    }
    Matcher dependency = OWN.matcher(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
    while (dependency.find()) {
      collect(folder(dependency.group(1)), image);
    }
  }

  private static String folder(String artifact) throws IOException {
    for (String each : List.of(artifact, "enclave/" + artifact, artifact.replace('-', '/'))) {
      if (Files.exists(ROOT.resolve(each).resolve("pom.xml"))) {
        return each;
      }
    }
    throw new IOException("no module " + artifact);
  }

  private static Path root() {
    try {
      for (Path here = Path.of("").toRealPath(); here != null; here = here.getParent()) {
        if (Files.exists(here.resolve("STYLE.md"))) {
          return here;
        }
      }
      throw new IOException("no folder above is the project's");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
