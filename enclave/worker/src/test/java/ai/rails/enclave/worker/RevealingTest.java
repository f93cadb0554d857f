package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.access.AccessEvent.RevealGranted;
import ai.rails.domain.access.RevealKind;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.enclave.content.Digests;
import ai.rails.enclave.release.Released;
import ai.rails.platform.http.Json;
import ai.rails.platform.keys.RevealKey;
import ai.rails.schema.EventCodec;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.WorkerProtocol.Part;
import ai.rails.schema.worker.WorkerProtocol.RevealTask;
import ai.rails.schema.worker.WorkerProtocol.Shown;

import static org.assertj.core.api.Assertions.assertThat;

/// The worker seals what the log's entry names, to the key that it names, and nothing else,
/// whatever the control plane asks.
class RevealingTest {
  private static final String CALL = "update/call/1";
  private static final String READ = "fetch/output/1";
  private static final String BYTES = "{\"params\":{\"note\":\"secret\"}}";

  @TempDir Path directory;
  private Bench bench;
  private RevealKey mine;
  private RevealGranted granted;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory);
    mine = RevealKey.generate();
    bench.run.wrappedRunKey = Optional.of(Sealing.wrappedRunKey(bench.keys.workflowKey));
    bench.run.contents.put(CALL, sealed(CALL, BYTES));
    bench.run.contents.put(READ, sealed(READ, "{\"impact\":\"3\"}"));
    granted =
        new RevealGranted(
            UUID.randomUUID().toString(),
            "ann",
            RunDesk.RUN,
            RevealKind.GATE,
            "approve",
            Optional.of(Digests.named(BYTES.getBytes(StandardCharsets.UTF_8))),
            List.of(CALL, READ),
            RevealKey.thumbprint(mine.publicKey()),
            Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS),
            decision(Effect.ALLOW));
    bench.start();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private String sealed(String ref, String plain) {
    return Sealing.seal(bench.keys.workflowKey, bench.run.wrappedRunKey, ref, plain);
  }

  private static Decision decision(Effect effect) {
    return new Decision(
        "d1",
        "airails/reveal/guarded",
        effect,
        List.of("reveal.approver"),
        List.of(),
        "{}",
        "a".repeat(64),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static byte[] entry(String tenant, RevealGranted granted) {
    var header =
        new Header(
            UUID.randomUUID().toString(),
            tenant,
            "w1",
            Optional.empty(),
            "Access",
            "w1/2026-11-22T15",
            1,
            new Actor(Actor.Kind.USER, granted.principal()),
            "c",
            "c",
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty());
    return new EventCodec().encode(header, granted);
  }

  private RevealTask task(byte[] entry, byte[] publicKey, Map<String, String> contents) {
    return new RevealTask(
        base64(entry), base64(publicKey), bench.run.wrappedRunKey, contents, List.of());
  }

  private void asks(String reveal, String run, RevealTask task) {
    bench.reveals.tasks.put(reveal, task);
    bench.commands.add(
        new StepCommand(
            reveal,
            Triage.TENANT,
            "w1",
            Triage.ENVIRONMENT,
            run,
            "approve",
            1,
            StepCommand.Order.REVEAL,
            Triage.DIGEST));
  }

  /// Asks in a way that must be refused; then for the real thing, which shows that it was looked
  /// at.
  private void refuses(RevealGranted entry, byte[] publicKey) throws Exception {
    refuses(entry(Triage.TENANT, entry), publicKey, bench.run.contents);
  }

  private void refuses(byte[] entry, byte[] publicKey, Map<String, String> contents)
      throws Exception {
    bench.reveals.answers.clear();
    String bad = UUID.randomUUID().toString();
    asks(bad, RunDesk.RUN, task(entry, publicKey, contents));
    asks(granted.reveal(), RunDesk.RUN, task(entry, publicKey, contents));
    RevealGranted good = with(granted, UUID.randomUUID().toString());
    byte[] goodEntry = entry(Triage.TENANT, good);
    asks(good.reveal(), RunDesk.RUN, task(goodEntry, mine.publicKey(), bench.run.contents));
    Eventually.holds("answered", () -> bench.reveals.answers.containsKey(good.reveal()));
    assertThat(bench.reveals.answers).containsOnlyKeys(good.reveal());
  }

  private static RevealGranted with(RevealGranted g, String reveal) {
    return new RevealGranted(
        reveal,
        g.principal(),
        g.run(),
        g.kind(),
        g.name(),
        g.callDigest(),
        g.refs(),
        g.keySha256(),
        g.expiresAt(),
        g.decision());
  }

  private Map<String, String> shown(String reveal, byte[] entry) throws Exception {
    Eventually.holds("answered", () -> bench.reveals.answers.containsKey(reveal));
    byte[] plain =
        mine.open(
            Base64.getDecoder().decode(bench.reveals.answers.get(reveal)),
            RevealKey.info(
                Triage.TENANT, RunDesk.RUN, reveal, RevealKey.thumbprint(mine.publicKey()), entry));
    Map<String, String> parts = new HashMap<>();
    for (Part part : Json.read(plain, Shown.class).parts()) {
      parts.put(
          part.kind() + " " + part.name(),
          new String(Base64.getDecoder().decode(part.bytes()), StandardCharsets.UTF_8));
    }
    return parts;
  }

  @Test
  void sealsTheCallAndTheRecordToTheKeyOfTheEntry() throws Exception {
    byte[] entry = entry(Triage.TENANT, granted);
    asks(granted.reveal(), RunDesk.RUN, task(entry, mine.publicKey(), bench.run.contents));

    assertThat(shown(granted.reveal(), entry))
        .containsOnly(
            Map.entry("CALL update", BYTES), Map.entry("OUTPUT fetch", "{\"impact\":\"3\"}"));
    assertThat(bench.reveals.answers.get(granted.reveal())).doesNotContain("secret");
  }

  @Test
  void showsNoOtherCallAndNothingThatTheEntryDoesNotName() throws Exception {
    Map<String, String> more = new HashMap<>(bench.run.contents);
    more.put("classify/output/1", sealed("classify/output/1", "{}"));
    more.put("update/call/2", sealed("update/call/2", "{\"params\":{}}"));
    RevealGranted both =
        new RevealGranted(
            granted.reveal(),
            granted.principal(),
            granted.run(),
            granted.kind(),
            granted.name(),
            granted.callDigest(),
            List.of(CALL, "update/call/2"),
            granted.keySha256(),
            granted.expiresAt(),
            granted.decision());
    byte[] entry = entry(Triage.TENANT, both);
    asks(both.reveal(), RunDesk.RUN, task(entry, mine.publicKey(), more));

    assertThat(shown(both.reveal(), entry)).containsOnlyKeys("CALL update");
  }

  @Test
  void readsAThreadToWhoMayAndOnlyTextsOfItsGate() throws Exception {
    String ours = "approve/comment/1";
    String theirs = "approve/comment/2";
    Map<String, String> texts = new HashMap<>();
    byte[] text = "why so soon?".getBytes(StandardCharsets.UTF_8);
    texts.put(ours, comment(text, "approve"));
    RevealGranted thread = thread(List.of(ours));
    byte[] entry = entry(Triage.TENANT, thread);
    asks(thread.reveal(), RunDesk.RUN, task(entry, mine.publicKey(), texts));

    assertThat(shown(thread.reveal(), entry))
        .containsOnly(Map.entry("COMMENT " + ours, "why so soon?"));

    texts.put(theirs, comment(text, "another-gate"));
    refuses(entry(Triage.TENANT, thread(List.of(ours, theirs))), mine.publicKey(), texts);
  }

  private String comment(byte[] text, String gate) {
    String info = "airails|1|comment|%s|%s|%s".formatted(Triage.TENANT, RunDesk.RUN, gate);
    return bench.keys.seal(Released.RELEASE_KEY, text, info);
  }

  private RevealGranted thread(List<String> refs) {
    return new RevealGranted(
        UUID.randomUUID().toString(),
        granted.principal(),
        granted.run(),
        RevealKind.THREAD,
        granted.name(),
        Optional.empty(),
        refs,
        granted.keySha256(),
        granted.expiresAt(),
        granted.decision());
  }

  @Test
  void swappedKeyGetsNothing() throws Exception {
    refuses(granted, RevealKey.generate().publicKey());
  }

  @Test
  void entryOfAnotherTenantRunOrRevealOrThatDeniesOrHasExpiredLetsNothingOut() throws Exception {
    byte[] key = mine.publicKey();
    refuses(entry("another-tenant", granted), key, bench.run.contents);
    refuses(with(granted, UUID.randomUUID().toString()), key);
    refuses(
        new RevealGranted(
            granted.reveal(),
            "ann",
            "another-run",
            granted.kind(),
            granted.name(),
            granted.callDigest(),
            granted.refs(),
            granted.keySha256(),
            granted.expiresAt(),
            granted.decision()),
        key);
    refuses(
        new RevealGranted(
            granted.reveal(),
            "ann",
            granted.run(),
            granted.kind(),
            granted.name(),
            granted.callDigest(),
            granted.refs(),
            granted.keySha256(),
            Instant.EPOCH,
            decision(Effect.DENY)),
        key);
    refuses(new byte[] {1, 2, 3}, key, bench.run.contents);
    refuses(entry(Triage.TENANT, granted), key, Map.of());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
