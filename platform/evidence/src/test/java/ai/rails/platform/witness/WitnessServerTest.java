package ai.rails.platform.witness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Merkle;
import ai.rails.platform.witness.WitnessClient.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The witness over HTTP, rule by rule as C2SP tlog-witness has them.
class WitnessServerTest {
  private static final String CELL = "ledger.c1.example";
  private static final String ORIGIN = CELL + "/t/t1/w/ops/e/1";
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final NoteSigner cell = TestLog.key(CELL, 1);
  private final NoteSigner key = TestLog.key("witness.example/w1", 2);
  private final TestLog log = new TestLog(cell, ORIGIN).grow(300);
  private Instant now = NOON;
  private WitnessServer server;
  private WitnessClient client;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(directory.resolve("key"), key.privateKey() + "\n");
    Files.writeString(directory.resolve("logs"), "# ours\nlogs " + cell.key() + "\n");
    open();
  }

  private void open() throws IOException {
    server =
        WitnessServer.start(
            new WitnessServer.Settings(
                directory.resolve("state"),
                directory.resolve("key"),
                directory.resolve("logs"),
                "127.0.0.1",
                0),
            () -> now);
    client =
        new WitnessClient(
            prefix(), server.key(), Way.direct(Duration.ofSeconds(10)), Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
    http.close();
  }

  private URI prefix() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private HttpResponse<String> post(byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(prefix().resolve("/add-checkpoint"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void cosignsALogThatGrows() {
    assertThat(client.add(log.request(0, 7))).isInstanceOf(Answer.Cosigned.class);
    Answer answer = client.add(log.request(7, 300));
    assertThat(answer).isInstanceOf(Answer.Cosigned.class);
    Note note = log.note(300).with(((Answer.Cosigned) answer).signature());
    assertThat(note.verified(key.cosignatureKey())).isTrue();
  }

  @Test
  void showsWhatItCosignedLast() throws Exception {
    client.add(log.request(0, 9));
    Note shown = client.checkpoint(ORIGIN).orElseThrow();
    assertThat(Checkpoint.parse(shown.text())).isEqualTo(log.tree(9));
    assertThat(shown.verified(key.cosignatureKey())).isTrue();
    assertThat(shown.verified(cell.key().named(ORIGIN))).isTrue();
    assertThat(client.checkpoint(CELL + "/t/t1/w/none/e/1")).isEmpty();
  }

  @Test
  void confirmsTheSameCheckpointAgainAtALaterTime() {
    client.add(log.request(0, 9));
    now = NOON.plusSeconds(3_600);
    var again = (Answer.Cosigned) client.add(log.request(9, 9));
    byte[] seconds = java.util.Arrays.copyOf(again.signature().signature(), 8);
    assertThat(java.nio.ByteBuffer.wrap(seconds).getLong()).isEqualTo(now.getEpochSecond());
  }

  @Test
  void neverDatesACosignatureBeforeTheLast() {
    client.add(log.request(0, 9));
    now = NOON.minusSeconds(86_400);
    var later = (Answer.Cosigned) client.add(log.request(9, 10));
    assertThat(java.nio.ByteBuffer.wrap(later.signature().signature()).getLong())
        .isEqualTo(NOON.getEpochSecond());
  }

  @Test
  void saysItsSizeWhenTheOldSizeIsAnother() throws Exception {
    client.add(log.request(0, 9));
    HttpResponse<String> answer = post(log.request(5, 20).bytes());
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).isEqualTo("9\n");
    assertThat(answer.headers().firstValue("content-type")).contains("text/x.tlog.size");
    assertThat(client.add(log.request(0, 20))).isEqualTo(new Answer.Conflict(9));
  }

  @Test
  void saysSizeZeroForALogThatItNeverSaw() throws Exception {
    HttpResponse<String> answer = post(log.request(5, 20).bytes());
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).isEqualTo("0\n");
  }

  @Test
  void doesNotKnowALogOutsideItsList() {
    var other =
        new TestLog(TestLog.key("ledger.c2.example", 1), "ledger.c2.example/t/t1/w/ops/e/1");
    assertThat(client.add(other.grow(3).request(0, 3))).isEqualTo(new Answer.Refused(404));
    var prefixOnly = new TestLog(cell, CELL + "x/t/t1/w/ops/e/1");
    assertThat(client.add(prefixOnly.grow(3).request(0, 3))).isEqualTo(new Answer.Refused(404));
  }

  @Test
  void refusesACheckpointThatTheLogHasNotSigned() {
    var stranger = new TestLog(TestLog.key(CELL, 9), ORIGIN).grow(5);
    assertThat(client.add(stranger.request(0, 5))).isEqualTo(new Answer.Refused(403));
    Note forged = new Note(log.tree(6).text(), log.note(5).signatures());
    assertThat(client.add(new AddCheckpoint(0, List.of(), forged)))
        .isEqualTo(new Answer.Refused(403));
    assertThat(client.checkpoint(ORIGIN)).isEmpty();
  }

  @Test
  void ignoresSignaturesOfOthers() {
    Note note = log.note(5).with(TestLog.key("else.example", 4).cosign(log.tree(5).text(), 7));
    assertThat(client.add(new AddCheckpoint(0, List.of(), note)))
        .isInstanceOf(Answer.Cosigned.class);
  }

  @Test
  void refusesAnOldSizeAboveTheCheckpoints() {
    assertThat(client.add(new AddCheckpoint(6, List.of(), log.note(5))))
        .isEqualTo(new Answer.Refused(400));
  }

  @Test
  void refusesAProofThatDoesNotHold() {
    client.add(log.request(0, 5));
    AddCheckpoint right = log.request(5, 20);
    List<List<byte[]>> wrong =
        List.of(
            List.of(),
            right.proof().subList(1, right.proof().size()),
            right.proof().reversed(),
            Stream.concat(right.proof().stream(), Stream.of(new byte[32])).toList());
    for (List<byte[]> proof : wrong) {
      assertThat(client.add(new AddCheckpoint(5, proof, right.checkpoint())))
          .isEqualTo(new Answer.Refused(422));
    }
    assertThat(client.add(right)).isInstanceOf(Answer.Cosigned.class);
  }

  @Test
  void refusesAProofFromNothing() {
    assertThat(client.add(new AddCheckpoint(0, List.of(new byte[32]), log.note(5))))
        .isEqualTo(new Answer.Refused(422));
  }

  @Test
  void refusesAnEmptyTreeWithAnotherRoot() {
    var wrong = new Checkpoint(ORIGIN, 0, new byte[32]);
    Note note = new Note(wrong.text(), List.of(cell.signAs(ORIGIN, wrong.text())));
    assertThat(client.add(new AddCheckpoint(0, List.of(), note)))
        .isEqualTo(new Answer.Refused(422));
    var empty = new Checkpoint(ORIGIN, 0, Merkle.emptyRoot());
    Note right = new Note(empty.text(), List.of(cell.signAs(ORIGIN, empty.text())));
    assertThat(client.add(new AddCheckpoint(0, List.of(), right)))
        .isInstanceOf(Answer.Cosigned.class);
  }

  @Test
  void refusesTheSecondOfTwoHistoriesThatTheOperatorSigns() {
    TestLog fork = log.fork(15, "other ");
    client.add(log.request(0, 20));
    assertThat(client.add(fork.request(20, 20))).isEqualTo(new Answer.Refused(422));
    assertThat(client.add(fork.request(20, 40))).isEqualTo(new Answer.Refused(422));
    assertThat(client.add(fork.request(15, 40))).isEqualTo(new Answer.Conflict(20));
    assertThat(client.add(fork.request(0, 40))).isEqualTo(new Answer.Conflict(20));
    assertThat(client.add(log.request(20, 40))).isInstanceOf(Answer.Cosigned.class);
  }

  @Test
  void letsOneOfManyAtOnceWin() throws Exception {
    client.add(log.request(0, 1));
    var calls = new ArrayList<Callable<Answer>>();
    for (int size = 2; size <= 40; size++) {
      AddCheckpoint request = log.request(1, size);
      calls.add(() -> client.add(request));
    }
    List<Answer> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    assertThat(answers.stream().filter(Answer.Cosigned.class::isInstance)).hasSize(1);
    long size = Checkpoint.parse(client.checkpoint(ORIGIN).orElseThrow().text()).size();
    assertThat(answers.stream().filter(new Answer.Conflict(size)::equals)).hasSize(38);
  }

  @Test
  void remembersAfterARestart() throws Exception {
    client.add(log.request(0, 20));
    stop();
    open();
    assertThat(client.add(log.request(0, 40))).isEqualTo(new Answer.Conflict(20));
    assertThat(client.add(log.request(20, 40))).isInstanceOf(Answer.Cosigned.class);
  }

  @Test
  void cosignsNothingWhenItsMemoryOfALogIsGoneOrChanged() throws Exception {
    client.add(log.request(0, 20));
    Path file = directory.resolve("state/logs").resolve(WitnessState.id(ORIGIN));
    byte[] kept = Files.readAllBytes(file);
    Files.delete(file);
    assertThat(client.add(log.request(0, 40))).isEqualTo(new Answer.Unavailable("status 500"));
    String older = new String(kept, StandardCharsets.UTF_8).replace("\n20\n", "\n19\n");
    Files.writeString(file, older);
    assertThat(client.add(log.request(19, 40))).isInstanceOf(Answer.Refused.class);
    Files.write(file, kept);
    assertThat(client.add(log.request(20, 40))).isInstanceOf(Answer.Cosigned.class);
  }

  @Test
  void noticesByItsOwnCosignatureThatItWasSetBack() throws Exception {
    client.add(log.request(0, 20));
    Path file = directory.resolve("state/logs").resolve(WitnessState.id(ORIGIN));
    byte[] old = Files.readAllBytes(file);
    var cosigned = (Answer.Cosigned) client.add(log.request(20, 40));
    Files.write(file, old);
    AddCheckpoint request =
        new AddCheckpoint(20, log.request(20, 40).proof(), log.note(40).with(cosigned.signature()));
    assertThat(client.add(request)).isEqualTo(new Answer.Unavailable("status 503"));
  }

  @Test
  void isAloneInItsDirectory() {
    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("another");
  }

  @Test
  void readsItsListAgainWhenItChanges() throws Exception {
    var other = new TestLog(TestLog.key("ledger.c2.example", 1), "ledger.c2.example/x").grow(3);
    assertThat(client.add(other.request(0, 3))).isEqualTo(new Answer.Refused(404));
    Path list = directory.resolve("logs");
    Files.writeString(list, "log " + TestLog.key("ledger.c2.example/x", 1).key() + " http://x/\n");
    Files.setLastModifiedTime(list, java.nio.file.attribute.FileTime.from(NOON));
    assertThat(client.add(other.request(0, 3))).isInstanceOf(Answer.Cosigned.class);
    assertThat(client.add(log.request(0, 3))).isEqualTo(new Answer.Refused(404));
  }

  static List<String> malformed() {
    String note =
        new String(
            new TestLog(TestLog.key(CELL, 1), ORIGIN).grow(4).note(4).bytes(),
            StandardCharsets.UTF_8);
    String hash = "A".repeat(43) + "=\n";
    return List.of(
        "",
        "\n",
        note,
        "old 0\n" + note,
        "old 00\n\n" + note,
        "old -1\n\n" + note,
        "old +1\n\n" + note,
        "old  0\n\n" + note,
        "Old 0\n\n" + note,
        "old 0 \n\n" + note,
        "old 9999999999999999999\n\n" + note,
        "old 99999999999999999999\n\n" + note,
        "old 0\r\n\r\n" + note,
        "old 1\nAAAA\n\n" + note,
        "old 1\nnot base64!\n\n" + note,
        "old 1\n" + "A".repeat(42) + "B=\n\n" + note,
        "old 1\n" + hash.repeat(64) + "\n" + note,
        "old 0\n\n",
        "old 0\n\n" + note.stripTrailing(),
        "old 0\n\n" + note.replace("\u2014", "-"),
        "old 0\n\n" + ORIGIN + "\n4\n\n\u2014 x AAAAAAAA\n",
        "old 0\n\n" + ORIGIN + "\n04\n" + hash + "\n\u2014 x AAAAAAAA\n",
        "old 0\n\n" + note + "\u0000");
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsNoRequest(String body) throws Exception {
    assertThat(post(body.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(400);
  }

  @Test
  void refusesWhatIsTooLongOrNoText() throws Exception {
    assertThat(post(new byte[(64 << 10) + 1]).statusCode()).isEqualTo(413);
    assertThat(post(new byte[] {'o', 'l', 'd', ' ', '0', '\n', '\n', (byte) 0xff}).statusCode())
        .isEqualTo(400);
  }

  @Test
  void hasTwoAddresses() throws Exception {
    HttpRequest get = HttpRequest.newBuilder(prefix().resolve("/add-checkpoint")).build();
    assertThat(http.send(get, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    HttpRequest away = HttpRequest.newBuilder(prefix().resolve("/../state/lock")).build();
    assertThat(http.send(away, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(404);
  }

  @Test
  void isUnavailableWhenNobodyListens() throws Exception {
    WitnessClient gone =
        new WitnessClient(
            URI.create("http://127.0.0.1:1/"),
            key.cosignatureKey(),
            Way.direct(Duration.ofSeconds(1)),
            Duration.ofSeconds(1));
    assertThat(gone.add(log.request(0, 3))).isInstanceOf(Answer.Unavailable.class);
    gone.close();
  }
}
