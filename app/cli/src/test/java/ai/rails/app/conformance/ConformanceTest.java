package ai.rails.app.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import ai.rails.app.SharedFolder;
import ai.rails.app.verb.Exit;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.TilePath;

import static org.assertj.core.api.Assertions.assertThat;

/// Vectors get the verdict that they deserve, whatever their authors say.
final class ConformanceTest {
  private static final int ENTRIES = 300;
  private static final String HAPPY =
      """
      {"leafIdx":0,"treeSize":1,"root":"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
       "leafHash":"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=","proof":null,"wantErr":%s}
      """;

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();

  @Test
  void aProofThatHoldsIsAccepted() throws IOException {
    write("a/happy.json", HAPPY.formatted("false"));

    assertThat(run("merkle")).isEqualTo(Exit.OK);
    assertThat(line(0).get("verdict").asText()).isEqualTo("ACCEPT");
    assertThat(line(1)).isEqualTo(json("{\"suite\":\"merkle\",\"cases\":1,\"wrong\":0}"));
  }

  @Test
  void aVerdictOtherThanExpectedIsWrong() throws IOException {
    write("a.json", HAPPY.formatted("true"));

    assertThat(run("merkle")).isEqualTo(Exit.FAILED);
    assertThat(line(0).get("ok").asBoolean()).isFalse();
  }

  @Test
  void aVectorThatIsBrokenIsRefusedNotACrash() throws IOException {
    write("a.json", "{\"leafIdx\":0,\"treeSize\":1,\"leafHash\":\"?\",\"wantErr\":true}");
    write("b.json", "{\"leafIdx\":-1,\"treeSize\":1e400,\"wantErr\":true}");
    write("c.json", "{ not JSON");

    assertThat(run("merkle")).isEqualTo(Exit.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "merkle, merkle-rfc6962, 40",
    "jcs, jcs-rfc8785, 30",
    "note, golang-sumdb, 15",
    "note, c2sp-specs, 2",
    "dsse, dsse, 4"
  })
  void everyVectorAtHandIsRight(String suite, String folder, int least) throws IOException {
    Path vectors = SharedFolder.require("vectors/ledger/" + folder);

    int exit = run(suite, vectors);

    JsonNode last = json(out.toString().lines().toList().getLast());
    assertThat(exit).as(out.toString()).isEqualTo(Exit.OK);
    assertThat(last.get("cases").asInt()).isGreaterThanOrEqualTo(least);
  }

  @Test
  void noVectorsIsWrongUsage() {
    assertThat(run("merkle")).isEqualTo(Exit.USAGE);
    assertThat(run("astrology")).isEqualTo(Exit.USAGE);
  }

  @Test
  void aSubtreeThatBeginsAnywhereIsRefused() throws IOException {
    write(
        "a.json",
        """
        {"start":1,"end":3,"size":8,"root1":"","root2":"","proof":[],"wantErr":true}
        """);

    assertThat(run("merkle")).isEqualTo(Exit.OK);
    assertThat(line(0).get("reason").asText()).contains("multiple of its width");
  }

  @Test
  void canonicalJsonIsComparedByteByByte() throws IOException {
    write("input/a.json", "{\"b\":[1E30, 4.50, 2e-3],\"a\":\"\\u20ac\"}");
    write("output/a.json", "{\"a\":\"€\",\"b\":[1e+30,4.5,0.002]}");
    write("es6numbers.txt", "4340000000000001,9007199254740994\n8000000000000000,0\n1,5e-324\n");

    assertThat(run("jcs")).isEqualTo(Exit.OK);

    write("output/a.json", "{\"b\":[1e+30,4.5,0.002],\"a\":\"€\"}");
    assertThat(run("jcs")).isEqualTo(Exit.FAILED);
  }

  @Test
  void aWholeLogIsAccepted() throws IOException {
    log();

    assertThat(run("tlog-tiles")).isEqualTo(Exit.OK);
    assertThat(line(0).get("reason").asText()).contains("300 entries, all in their places");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44"
      })
  void aLogWithOneBitFlippedIsRefused(String name) throws IOException {
    log();
    Path file = directory.resolve("log").resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    assertThat(run("tlog-tiles")).isEqualTo(Exit.FAILED);
    assertThat(line(0).get("verdict").asText()).isEqualTo("REJECT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"})
  void aLogWithoutATileIsRefused(String name) throws IOException {
    log();
    Files.delete(directory.resolve("log").resolve(name));

    assertThat(run("tlog-tiles")).isEqualTo(Exit.FAILED);
  }

  @Test
  void bagsAreJudgedByTheirFolder() throws IOException {
    bag("valid/whole");
    bag("invalid/extra");
    write("invalid/extra/data/more.txt", "more");
    bag("invalid/changed");
    write("invalid/changed/data/hello.txt", "hellO\n");
    bag("invalid/outside");
    write(
        "invalid/outside/manifest-md5.txt",
        "b1946ac92492d2347c6235b4d2611184  data/../data/hello.txt\n");
    bag("invalid/elsewhere");
    write("invalid/elsewhere/fetch.txt", "https://example.com/a - data/a.txt\n");

    int exit = run("bagit");

    assertThat(out.toString()).contains("lies outside", "was not fetched", "is in no manifest");
    assertThat(exit).isEqualTo(Exit.OK);
  }

  private void bag(String name) throws IOException {
    write(name + "/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    write(name + "/data/hello.txt", "hello\n");
    write(name + "/manifest-md5.txt", "b1946ac92492d2347c6235b4d2611184  data/hello.txt\n");
  }

  /// A log of 300 entries with all its files.
  private void log() throws IOException {
    var tree = new Frontier();
    Map<TilePath, ByteArrayOutputStream> tiles = new TreeMap<>((a, b) -> compare(a, b));
    Map<String, ByteArrayOutputStream> bundles = new TreeMap<>();
    for (int i = 0; i < ENTRIES; i++) {
      byte[] entry = ("entry " + i).getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream bundle =
          bundles.computeIfAbsent(
              name(TilePath.in(ENTRIES, 0, i / TilePath.FULL)), _ -> new ByteArrayOutputStream());
      bundle.writeBytes(ByteBuffer.allocate(2).putShort((short) entry.length).array());
      bundle.writeBytes(entry);
      tree.append(
          Merkle.leaf(entry),
          (level, index, hash) -> {
            if (level % TilePath.HEIGHT == 0) {
              TilePath tile = TilePath.in(ENTRIES, level / TilePath.HEIGHT, index >> 8);
              tiles.computeIfAbsent(tile, _ -> new ByteArrayOutputStream()).writeBytes(hash);
            }
          });
    }
    for (Map.Entry<TilePath, ByteArrayOutputStream> tile : tiles.entrySet()) {
      write("log/" + tile.getKey(), tile.getValue().toByteArray());
    }
    for (Map.Entry<String, ByteArrayOutputStream> bundle : bundles.entrySet()) {
      write("log/" + bundle.getKey(), bundle.getValue().toByteArray());
    }
    String text = new Checkpoint("log.example/1", ENTRIES, tree.root()).text();
    write("log/checkpoint", text + "\n— log.example/1 AAAAAAAAAAA=\n");
  }

  private static String name(TilePath tile) {
    return tile.toString().replace("tile/0/", "tile/entries/");
  }

  private static int compare(TilePath a, TilePath b) {
    return a.toString().compareTo(b.toString());
  }

  private int run(String suite) {
    return run(suite, directory);
  }

  private int run(String suite, Path vectors) {
    out.getBuffer().setLength(0);
    return new CommandLine(new ConformanceCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(new StringWriter()))
        .execute(suite, vectors.toString(), "-o", "json");
  }

  private JsonNode line(int number) throws IOException {
    return json(out.toString().lines().toList().get(number));
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  private void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
