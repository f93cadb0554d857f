package ai.rails.projection;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent;

import static org.assertj.core.api.Assertions.assertThat;

/// Server-sent events of a run. Each test has a tenant of its own.
@Timeout(60)
class RunStreamTest {
  private static final String PATH = "/v1/runs/r1/events/stream";
  private static final List<RunEvent> WHOLE = new SampleRun("r1").whole();

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void endedRunIsSentWholeAndThenTheStreamEnds() throws Exception {
    TestLog log = new TestLog("ended", "ws1");
    server.fold(log, log.append(WHOLE));

    HttpResponse<InputStream> response = server.stream("ended", PATH, "");

    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(ids(response, WHOLE.size() + 1)).hasSize(WHOLE.size()).startsWith(1L).endsWith(24L);
  }

  @Test
  void streamGoesOnAfterTheLastEventId() throws Exception {
    TestLog log = new TestLog("resume", "ws1");
    server.fold(log, log.append(WHOLE));

    assertThat(ids(server.stream("resume", PATH, "21"), 10)).containsExactly(22L, 23L, 24L);
  }

  @Test
  void whoHasSeenTheEndIsToldNotToComeBack() throws Exception {
    TestLog log = new TestLog("seen", "ws1");
    server.fold(log, log.append(WHOLE));

    assertThat(server.stream("seen", PATH, "24").statusCode()).isEqualTo(204);
  }

  @Test
  void badLastEventIdIsRefused() throws Exception {
    assertThat(server.stream("seen", PATH, "-1").statusCode()).isEqualTo(422);
  }

  @Test
  void eventsAreSentAsTheyAreFoldedUntilTheRunEnds() throws Exception {
    TestLog log = new TestLog("live", "ws1");
    server.fold(log, log.append(WHOLE.subList(0, 5)));
    try (BufferedReader reader = reader(server.stream("live", PATH, ""))) {
      assertThat(ids(reader, 5)).containsExactly(1L, 2L, 3L, 4L, 5L);

      server.fold(log, log.append(WHOLE.subList(5, 7)));
      assertThat(ids(reader, 2)).containsExactly(6L, 7L);

      server.fold(log, log.append(WHOLE.subList(7, WHOLE.size())));
      assertThat(ids(reader, WHOLE.size())).hasSize(WHOLE.size() - 7);
    }
  }

  @Test
  void whatAnotherProcessFoldsComesWithTheNextBeat() throws Exception {
    TestLog log = new TestLog("other", "ws1");
    server.fold(log, log.append(WHOLE.subList(0, 1)));
    try (BufferedReader reader = reader(server.stream("other", PATH, ""))) {
      assertThat(ids(reader, 1)).containsExactly(1L);

      assertThat(server.foldElsewhere(log, log.append(WHOLE.subList(1, 2)))).isNotEmpty();

      assertThat(ids(reader, 1)).containsExactly(2L);
    }
  }

  @Test
  void clientThatLeavesFreesItsThread() throws Exception {
    TestLog log = new TestLog("leaver", "ws1");
    server.fold(log, log.append(WHOLE.subList(0, 1)));
    HttpResponse<InputStream> response = server.stream("leaver", PATH, "");
    BufferedReader reader = reader(response);
    assertThat(ids(reader, 1)).containsExactly(1L);
    Wait.until("the stream follows", Duration.ofSeconds(5), () -> server.openStreams() == 1);

    reader.close();

    Wait.untilStays(
        "the stream is given up", Duration.ofSeconds(10), () -> server.openStreams() == 0);
  }

  private static BufferedReader reader(HttpResponse<InputStream> response) {
    assertThat(response.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  private static List<Long> ids(HttpResponse<InputStream> response, int most) throws IOException {
    try (BufferedReader reader = reader(response)) {
      return ids(reader, most);
    }
  }

  /// Ids of the next events, until the stream ends.
  private static List<Long> ids(BufferedReader reader, int most) throws IOException {
    List<Long> ids = new ArrayList<>();
    String line = reader.readLine();
    while (line != null) {
      if (line.startsWith("id: ")) {
        ids.add(Long.parseLong(line.substring(4)));
      }
      if (ids.size() == most) {
        return ids;
      }
      line = reader.readLine();
    }
    return ids;
  }
}
