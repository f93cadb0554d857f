package ai.rails.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/// The gate before a schema is changed: today's schema reads what every released one wrote, and
/// every released one reads what today's writes.
class SchemaCompatibilityTest {
  private static final Path RELEASED = Path.of("released");

  @TestFactory
  Stream<DynamicTest> isFullTransitivelyCompatible() throws IOException {
    return schemas(RELEASED).stream()
        .map(path -> DynamicTest.dynamicTest(path.toString(), () -> check(path)));
  }

  @Test
  void listsEveryReleasedVersion() throws IOException {
    try (Stream<Path> entries = Files.list(RELEASED)) {
      assertThat(entries.filter(Files::isDirectory).map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(SchemaSet.versions());
    }
  }

  @Test
  void refusesAFieldWithoutADefault() {
    Schema released = new Schema.Parser().parse(record(""));
    Schema changed = new Schema.Parser().parse(record(",{\"name\":\"b\",\"type\":\"string\"}"));

    assertThat(compatible(released, changed)).isFalse();
  }

  @Test
  void acceptsAFurtherFieldThatMayBeAbsent() {
    Schema released = new Schema.Parser().parse(record(""));
    Schema changed =
        new Schema.Parser()
            .parse(record(",{\"name\":\"b\",\"type\":[\"null\",\"string\"],\"default\":null}"));

    assertThat(compatible(released, changed)).isTrue();
  }

  /// Why enums are written as strings: a further constant breaks the earlier reader.
  @Test
  void wouldRefuseAFurtherConstantOfAnAvroEnum() {
    Schema released = new Schema.Parser().parse(enumeration("\"A\""));
    Schema changed = new Schema.Parser().parse(enumeration("\"A\",\"B\""));

    assertThat(compatible(released, changed)).isFalse();
  }

  private static void check(Path released) {
    String version = released.getName(1).toString();
    String feature = released.getName(2).toString();
    String name = name(released);
    Schema was = SchemaSet.of("released/" + version).get(feature, name);
    Optional<Schema> is = SchemaSet.current().find(feature, name);

    assertThat(is).as("a released schema may not be removed").isPresent();
    assertThat(compatible(was, is.orElseThrow()))
        .as("%s: only fields with a default may come or go", released)
        .isTrue();
  }

  private static boolean compatible(Schema one, Schema other) {
    return reads(one, other) && reads(other, one);
  }

  private static boolean reads(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
        == SchemaCompatibilityType.COMPATIBLE;
  }

  private static List<Path> schemas(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return new ArrayList<>(
          files.filter(file -> file.toString().endsWith(".avsc")).sorted().toList());
    }
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - ".avsc".length());
  }

  private static String record(String further) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}%s]}"
        .formatted(further);
  }

  private static String enumeration(String symbols) {
    return "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[%s]}".formatted(symbols);
  }
}
