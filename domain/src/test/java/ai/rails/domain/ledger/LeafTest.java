package ai.rails.domain.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.EntryType;
import ai.rails.domain.ledger.LedgerStep.Strands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LeafTest {
  private static final Origin ORIGIN = new Origin("c1.airails.internal", "t-1", "w1", 1);

  /// The file was written by `golden_leaves.py` beside it, which shares no code with us.
  @Test
  void computesTheLeavesThatPythonComputed() throws IOException {
    Map<String, LogInMemory> logs = new HashMap<>();
    List<String> lines = golden();

    for (String line : lines) {
      String[] f = line.split("\t", -1);
      Origin origin = origin(f[0]);
      LogInMemory log = logs.computeIfAbsent(f[0], name -> new LogInMemory(origin));
      byte[] leaf =
          log.append(
              new LedgerRow(
                  Long.parseLong(f[1]),
                  Long.parseLong(f[2]),
                  HexFormat.of().parseHex(f[5]),
                  f[3],
                  EntryType.valueOf(f[4]),
                  f[6],
                  maybe(f[7]),
                  maybe(f[8])));

      assertThat(new String(leaf, StandardCharsets.US_ASCII)).isEqualTo(f[9]);
      assertThat(Sha256.ofLeaf(leaf)).isEqualTo(f[10]);
    }

    assertThat(lines).hasSize(15);
  }

  @Test
  void hashesTheEmptyLeafAsRfc6962Does() {
    assertThat(Sha256.ofLeaf(new byte[0]))
        .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    for (String line : golden()) {
      byte[] bytes = line.split("\t", -1)[9].getBytes(StandardCharsets.US_ASCII);

      assertThat(Leaf.parse(bytes).bytes()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"seq\":1",
        "{\"seq\":01}",
        "{\"seq\":-1}",
        "{\"seq\":1.0}",
        "{\"seq\":1e3}",
        "{\"seq\":null}",
        "{\"seq\":true}",
        "{\"seq\":{}}",
        "{\"seq\":99999999999999999}",
        "{\"a\":\"\\u0041\"}",
        "{\"a\":\"\u00e9\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"1\",\"a\":\"1\"}",
        "{\"a\":\"1\",}",
      })
  void refusesWhatIsNoFlatObjectOfStringsAndIntegers(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> Leaf.parse(bytes)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesEveryOtherSpellingOfALeaf() throws IOException {
    String leaf = golden().getFirst().split("\t", -1)[9];

    for (String other :
        List.of(
            leaf.replace("{", "{ "),
            leaf + "\n",
            leaf.replace("\"seq\":1", "\"seq\":\"1\""),
            leaf.replace("\"seq\":1,", "\"seq\":1,\"sf\":1,"),
            leaf.replace("\"seq\":1,", "").replace("{", "{\"seq\":1,"),
            leaf.replace("ledger-entry/v1", "ledger-entry/v2"),
            leaf.replace("\"seq\":1,", "\"run_seq\":1,\"seq\":1,"))) {
      byte[] bytes = other.getBytes(StandardCharsets.US_ASCII);
      assertThatThrownBy(() -> Leaf.parse(bytes))
          .as(other)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesTextThatNeedsMoreThanAscii() {
    LedgerRow event = event("caf\u00e9");

    assertThatThrownBy(
            () -> LedgerStep.append(ORIGIN, LedgerHead.genesis(ORIGIN), Strands.NONE, event))
        .hasMessageContaining("printable ASCII");
  }

  @Test
  void refusesALeafBeyondTheLimit() {
    LedgerRow event = event("x".repeat(Leaf.BYTES_MAX));

    assertThatThrownBy(
            () -> LedgerStep.append(ORIGIN, LedgerHead.genesis(ORIGIN), Strands.NONE, event))
        .hasMessageContaining("at most 8192");
  }

  @Test
  void refusesAPositionThatIsNotTheNext() {
    LedgerRow event =
        new LedgerRow(
            2, 1, new byte[1], "e", EntryType.RUN_RETRIED, "s", Optional.empty(), Optional.empty());

    assertThatThrownBy(
            () -> LedgerStep.append(ORIGIN, LedgerHead.genesis(ORIGIN), Strands.NONE, event))
        .hasMessageContaining("position 2 is not the next one, 1");
  }

  @Test
  void refusesATimeBeforeTheLast() {
    LedgerHead head = new LedgerHead(0, "0".repeat(64), 100);

    assertThatThrownBy(() -> LedgerStep.append(ORIGIN, head, Strands.NONE, event("e")))
        .hasMessageContaining("before the entry before it");
  }

  private static LedgerRow event(String id) {
    return new LedgerRow(
        1,
        1,
        new byte[] {1},
        id,
        EntryType.TENANT_CREATED,
        "0".repeat(64),
        Optional.empty(),
        Optional.empty());
  }

  private static Optional<String> maybe(String field) {
    return field.equals("-") ? Optional.empty() : Optional.of(field);
  }

  private static Origin origin(String name) {
    String[] parts = name.split("/", -1);
    return new Origin(parts[0].substring("ledger.".length()), parts[2], parts[4], 1);
  }

  private static List<String> golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(LeafTest.class.getResourceAsStream("golden-leaves.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }
}
