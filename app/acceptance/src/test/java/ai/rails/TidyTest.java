package ai.rails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// Habits that no compiler keeps: sizes, links, and words that have no place here.
class TidyTest {
  private static final Path ROOT = root();
  private static final int FILE_LINES = 400;
  private static final int TEST_FILE_LINES = 500;
  private static final int METHOD_LINES = 70;
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#|mailto:)([^)#\\s]+)");
  private static final Pattern NAMED_TEST =
      Pattern.compile("`([A-Z][A-Za-z0-9]*Test)#([a-z]\\w*)`");
  private static final Pattern LATER = Pattern.compile("\\b(" + "TODO|" + "FIXME|" + "XXX)\\b");
  private static final Pattern SLEEP = Pattern.compile("Thread\\" + ".sleep\\(|org\\.mockito");

  @Test
  void filesAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : java()) {
      long lines = lines(file).size();
      if (lines > (isMain(file) ? FILE_LINES : TEST_FILE_LINES)) {
        tooLong.add("%s has %d lines".formatted(ROOT.relativize(file), lines));
      }
    }

    assertThat(tooLong)
        .as("split files over %d lines by what they are about", FILE_LINES)
        .isEmpty();
  }

  @Test
  void methodsAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    var compiler = requireNonNull(ToolProvider.getSystemJavaCompiler());
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, _ -> {}, null, null, files.getJavaFileObjectsFromPaths(main()));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Methods(unit, positions, tooLong).scan(unit, null);
      }
    }

    assertThat(tooLong).as("split methods over %d lines", METHOD_LINES).isEmpty();
  }

  @Test
  void nothingIsLeftForLaterAndNoTestSleeps() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : java()) {
      List<String> lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        boolean sleeps =
            file.toString().contains("/src/test/") && SLEEP.matcher(lines.get(i)).find();
        if (sleeps || LATER.matcher(lines.get(i)).find()) {
          found.add("%s:%d %s".formatted(ROOT.relativize(file), i + 1, lines.get(i).strip()));
        }
      }
    }

    assertThat(found).isEmpty();
  }

  @Test
  void linksInDocumentsLeadSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path file : files(".md")) {
      Matcher links = LINK.matcher(Files.readString(file));
      while (links.find()) {
        Path target = requireNonNull(file.getParent()).resolve(links.group(1));
        if (!Files.exists(target)) {
          dead.add("%s -> %s".formatted(ROOT.relativize(file), links.group(1)));
        }
      }
    }

    assertThat(dead).isEmpty();
  }

  /// A page that says which test shows something names one that there is.
  @Test
  void testsThatDocumentsNameExist() throws IOException {
    Map<String, String> tests = new HashMap<>();
    for (Path file : files("Test.java")) {
      String name = requireNonNull(file.getFileName()).toString().replace(".java", "");
      tests.merge(name, Files.readString(file), String::concat);
    }
    List<String> gone = new ArrayList<>();
    for (Path file : files(".md")) {
      Matcher named = NAMED_TEST.matcher(Files.readString(file));
      while (named.find()) {
        if (!tests.getOrDefault(named.group(1), "").contains(" " + named.group(2) + "(")) {
          gone.add("%s: %s".formatted(ROOT.relativize(file), named.group()));
        }
      }
    }

    assertThat(gone).isEmpty();
  }

  private static final class Methods extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> tooLong;

    Methods(CompilationUnitTree unit, SourcePositions positions, List<String> tooLong) {
      this.unit = unit;
      this.positions = positions;
      this.tooLong = tooLong;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      LineMap map = unit.getLineMap();
      long start = positions.getStartPosition(unit, method);
      long end = positions.getEndPosition(unit, method);
      if (start >= 0 && end >= 0) {
        long length = map.getLineNumber(end) - map.getLineNumber(start) + 1;
        if (length > METHOD_LINES) {
          tooLong.add(
              "%s:%d %s has %d lines"
                  .formatted(
                      ROOT.relativize(Path.of(unit.getSourceFile().toUri())),
                      map.getLineNumber(start),
                      method.getName(),
                      length));
        }
      }
      return super.visitMethod(method, null);
    }
  }

  private static List<Path> java() throws IOException {
    return files(".java").stream()
        .filter(file -> !file.toString().contains("/jooq/generated/"))
        .filter(file -> !file.endsWith("TidyTest.java"))
        .toList();
  }

  /// Tables of test cases may be long; what runs may not.
  private static List<Path> main() throws IOException {
    return java().stream().filter(TidyTest::isMain).toList();
  }

  private static boolean isMain(Path file) {
    return file.toString().contains("/src/main/");
  }

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> walk = Files.walk(ROOT)) {
      return walk.filter(file -> file.toString().endsWith(ending))
          .filter(file -> !file.toString().contains("/target/"))
          .filter(file -> !file.toString().contains("/node_modules/"))
          .filter(file -> !file.startsWith(ROOT.resolve("data")))
          .toList();
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file);
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("rails"))) {
      here = requireNonNull(here.getParent(), "run this inside the project");
    }
    return here;
  }
}
