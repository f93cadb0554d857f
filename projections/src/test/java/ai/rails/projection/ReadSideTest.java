package ai.rails.projection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.PolicyFile;
import ai.rails.projection.feed.Feed;
import ai.rails.projection.feed.Rebuild.Rebuilt;
import ai.rails.projection.feed.TestBroker;
import ai.rails.projection.jooq.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/// The read side behind a real broker: it follows, waits, stops one tenant and rebuilds.
@Tag("slow")
@Timeout(180)
class ReadSideTest {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final List<RunEvent> RUN = new SampleRun("r1").whole();

  private static final String KILL =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'airails_read'";

  private final TestBroker broker;
  private final Path scratch;
  private final Notary notary = new Notary("ledger.c1.airails.test");

  ReadSideTest(@TempDir Path directory, @TempDir Path scratch) throws Exception {
    this.broker = TestBroker.start(directory);
    this.scratch = scratch;
  }

  private ReadSide start(TestDatabase postgres) throws Exception {
    Path policy = Files.writeString(scratch.resolve("tlog-policy"), notary.policy());
    return ReadSide.start(
        postgres.config(),
        new Feed.Source(broker.connection(), "1"),
        QueryServer.CLOCK,
        new ReadSide.Evidence(
            new PolicyFile(Optional.of(policy)),
            _ -> {},
            (_, _, _) -> {
              throw new IOException("no bundles here");
            },
            scratch.resolve("bundles"),
            "none"));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void followsStopsOneTenantAndRebuildsToTheSameHash() throws Exception {
    TestLog good = new TestLog("good", "ws1");
    TestLog second = new TestLog("good", "ws2");
    TestLog bad = new TestLog("bad", "ws1");
    broker.create(good, 2);
    broker.create(bad, 1);
    List<byte[]> broken = bad.append(RUN);
    try (TestDatabase postgres = TestDatabase.start();
        ReadSide side = start(postgres)) {
      broker.send(good, good.append(RUN));
      broker.send(bad, broken.subList(0, 10));
      broker.send(bad, broken.subList(11, 15));
      broker.send(second, second.append(List.of(new SampleRun("r2").triggered())));

      awaitPosition(side, "good", "ws1", RUN.size());
      awaitPosition(side, "good", "ws2", 1);
      awaitPosition(side, "bad", "ws1", 10);
      Wait.until("the hole is noticed", SOON, () -> !side.healthy());
      assertThat(side.standing().failure())
          .isEqualTo(
              "log bad/ws1 has position 12 after 10: entries are missing; the feed stops here");

      Rebuilt rebuilt = side.rebuild();

      assertThat(rebuilt.same()).isTrue();
      assertThat(rebuilt.entries()).isEqualTo(RUN.size() + 1 + 10);
      broker.send(second, second.append(List.of(new SampleRun("r3").triggered())));
      awaitPosition(side, "good", "ws2", 2);
      assertThat(side.hash()).isNotEqualTo(rebuilt.after());
      assertThat(side.views().progress().position("bad", "ws1")).isEqualTo(10);
    }
  }

  @Test
  void goesOnWhereItWasAfterARestart() throws Exception {
    TestLog log = new TestLog("restart", "ws1");
    broker.create(log, 1);
    try (TestDatabase postgres = TestDatabase.start()) {
      try (ReadSide side = start(postgres)) {
        broker.send(log, log.append(RUN.subList(0, 10)));
        awaitPosition(side, "restart", "ws1", 10);
      }
      broker.send(log, log.append(RUN.subList(10, RUN.size())));
      try (ReadSide side = start(postgres)) {
        assertThat(side.views().progress().position("restart", "ws1")).isEqualTo(10);

        awaitPosition(side, "restart", "ws1", RUN.size());

        Wait.until("no lag", SOON, () -> side.standing().lagEntries() == 0);
        assertThat(side.standing().folded()).isEqualTo(RUN.size() - 10);
        assertThat(side.standing().lagMillis()).isZero();
      }
    }
  }

  @Test
  void takesThePlaceOfOneThatWasKilled() throws Exception {
    TestLog log = new TestLog("killed", "ws1");
    broker.create(log, 1);
    try (TestDatabase postgres = TestDatabase.start();
        var _ = neverHeardOfAgain("proj-main");
        ReadSide side = start(postgres)) {
      broker.send(log, log.append(RUN));

      awaitPosition(side, "killed", "ws1", RUN.size());
    }
  }

  /// A member that the broker still counts on: it never joins again, and never leaves.
  private Consumer<byte[], byte[]> neverHeardOfAgain(String group) throws Exception {
    Properties settings = new Properties();
    settings.putAll(broker.connection());
    settings.put("group.id", group);
    settings.put("group.instance.id", group + "-1");
    var member =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    member.subscribe(Pattern.compile("t\\.[^.]+\\.ledger\\.v1"));
    Wait.until(
        "it is a member",
        SOON,
        () -> {
          member.poll(Duration.ZERO);
          return !member.assignment().isEmpty();
        });
    return member;
  }

  @Test
  void waitsForADatabaseThatIsAway() throws Exception {
    TestLog log = new TestLog("outage", "ws1");
    broker.create(log, 1);
    try (TestDatabase postgres = TestDatabase.start();
        ReadSide side = start(postgres)) {
      broker.send(log, log.append(RUN.subList(0, 5)));
      awaitPosition(side, "outage", "ws1", 5);
      postgres.superuser("ALTER ROLE airails_read NOLOGIN", KILL);
      broker.send(log, log.append(RUN.subList(5, RUN.size())));
      Wait.until("the outage is noticed", SOON, () -> waits(side));

      postgres.superuser("ALTER ROLE airails_read LOGIN");

      awaitPosition(side, "outage", "ws1", RUN.size());
      Wait.until("it is over", SOON, () -> !waits(side));
    }
  }

  /// A note may come before the entries it is about; an unknown key's is passed over; one of
  /// another history is an alarm.
  @Test
  void checkpointsAreBelievedOnlyIfTheyAreOurs() throws Exception {
    TestLog log = new TestLog("notes", "ws1");
    TestLog other = new TestLog("notes", "ws1");
    List<byte[]> records = log.append(RUN);
    broker.create(log, 1);
    broker.createCheckpoints(log, 1);
    try (TestDatabase postgres = TestDatabase.start();
        ReadSide side = start(postgres)) {
      broker.sendNote(log, new Notary("ledger.c1.airails.test").cosigned(log.checkpoint(5)));
      broker.sendNote(log, notary.signed(log.checkpoint(10)));
      broker.sendNote(log, notary.cosigned(log.checkpoint(10)));
      broker.send(log, records.subList(0, 9));
      awaitPosition(side, "notes", "ws1", 9);
      assertThat(cosigned(side)).isZero();

      broker.send(log, records.subList(9, RUN.size()));

      Wait.until("the checkpoint is taken in", SOON, () -> cosigned(side) == 10);
      assertThat(side.rebuild().same()).isTrue();
      Wait.until("it is taken in again", SOON, () -> cosigned(side) == 10);
      assertThat(side.healthy()).isTrue();

      List<byte[]> _ = other.append(new SampleRun("r2").whole());
      broker.sendNote(log, notary.cosigned(other.checkpoint(20)));

      Wait.until("the fork is noticed", SOON, () -> !side.healthy());
      assertThat(side.failure())
          .startsWith("the signed root of log notes/ws1 at 20 entries is not ours");
      assertThat(cosigned(side)).isEqualTo(10);
    }
  }

  private static long cosigned(ReadSide side) {
    return side.views()
        .query("notes", sql -> Checkpoints.newestCosigned(sql, new Log("notes", "ws1", 1)))
        .map(Checkpoints.Kept::size)
        .orElse(0L);
  }

  private static boolean waits(ReadSide side) {
    return side.standing().failure().startsWith("PostgreSQL does not answer");
  }

  private static void awaitPosition(ReadSide side, String tenant, String workspace, long position)
      throws InterruptedException {
    assertThat(side.views().progress().await(tenant, workspace, position, SOON))
        .describedAs(
            "%s/%s at %d: %s",
            tenant, workspace, side.views().progress().position(tenant, workspace), side.standing())
        .isTrue();
  }
}
