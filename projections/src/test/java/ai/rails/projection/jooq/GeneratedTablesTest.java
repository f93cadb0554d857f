package ai.rails.projection.jooq;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Jdbc;
import org.jooq.meta.jaxb.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The committed jOOQ classes are those that the migrated schema gives. To make them anew: `mvn -pl
/// projections -am test -Dtest=GeneratedTablesTest -Dairails.generate=true`.
class GeneratedTablesTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path HOME = Path.of("ai/rails/projection/jooq/generated");

  @TempDir private Path fresh;

  @Test
  void committedTablesMatchTheSchema() throws Exception {
    boolean write = Boolean.getBoolean("airails.generate");
    try (TestDatabase database = TestDatabase.start()) {
      GenerationTool.generate(configuration(database.url(), write ? SOURCES : fresh));
    }

    assertThat(files((write ? SOURCES : fresh).resolve(HOME)))
        .isEqualTo(files(SOURCES.resolve(HOME)));
  }

  private static Configuration configuration(String url, Path directory) {
    return new Configuration()
        .withJdbc(
            new Jdbc()
                .withDriver("org.postgresql.Driver")
                .withUrl(url)
                .withUser("airails_owner")
                .withPassword("owner-secret"))
        .withGenerator(
            new Generator()
                .withDatabase(
                    new Database()
                        .withName("org.jooq.meta.postgres.PostgresDatabase")
                        .withInputSchema("projection"))
                .withGenerate(
                    new Generate()
                        .withRecords(false)
                        .withGlobalObjectReferences(true)
                        .withComments(false))
                .withTarget(
                    new Target()
                        .withPackageName("ai.rails.projection.jooq.generated")
                        .withDirectory(directory.toString())));
  }

  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    if (Files.isDirectory(root)) {
      try (Stream<Path> walk = Files.walk(root)) {
        for (Path file : walk.filter(f -> f.toString().endsWith(".java")).toList()) {
          found.put(root.relativize(file).toString(), Files.readString(file));
        }
      }
    }
    return found;
  }
}
