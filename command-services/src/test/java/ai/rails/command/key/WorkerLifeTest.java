package ai.rails.command.key;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.command.key.Guests.Ask;
import ai.rails.domain.Refused;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// How workers end, and what is said of keys that expire.
@Tag("slow")
class WorkerLifeTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @TempDir private static Path data;
  private static final Guests GUESTS = new Guests();
  private static Office office;
  private static WorkerLife life;
  private static String digest;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").furnished("t2");
    digest = office.one("SELECT digest FROM workflow_active WHERE tenant = 't1'");
    life = new WorkerLife(office.store.app(), office.bus, office.ids);
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void revokedWorkerHoldsNothingAndNeverComesBack() throws Exception {
    Ask own = running("l1");
    assertThat(holdsKeys("l1")).isTrue();

    HttpResponse<String> answer = order("l1", "revoke", "{\"reason\": \"COMPROMISED\"}", "k1");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Office.json(answer).path("reason").asText()).isEqualTo("REVOKED_COMPROMISED");
    assertThat(order("l1", "revoke", "{\"reason\": \"COMPROMISED\"}", "k1").statusCode())
        .isEqualTo(200);
    assertThat(order("l1", "revoke", "{\"reason\": \"OTHER\"}", "k1").statusCode()).isEqualTo(409);

    assertThat(holdsKeys("l1")).isFalse();
    assertThat(events("l1")).endsWith("KEY_RELEASE_CONFIRMED WORKER_TERMINATED");
    assertThatThrownBy(() -> keyRelease().nonce(asking(own))).isInstanceOf(Refused.class);
    assertThat(
            office.one(
                "SELECT string_agg(workspace, ' ') FROM event"
                    + " WHERE stream_id = 'l1' AND event_type = 'WORKER_TERMINATED'"))
        .as("beside what it proved")
        .isEqualTo("w1");
    assertThat(office.store.everything(WorkerInstances::ended)).contains("t1/l1");
  }

  @Test
  void oneTooManyTakesNothingNewAndEndsAndAnotherGoesOn() throws Exception {
    running("l8");
    running("l9");
    assertThat(life.retire("t1", "l9", "SCALED_DOWN")).isTrue();
    assertThat(life.retire("t2", "l8", "SCALED_DOWN")).as("another tenant's").isFalse();

    int _ = life.look();

    assertThat(events("l9")).endsWith("WORKER_TERMINATED");
    assertThat(holdsKeys("l9")).isFalse();
    assertThat(holdsKeys("l8")).isTrue();
  }

  @Test
  void platformThatWillBeDemotedGetsItsKeysAndIsSpokenOfOnce() throws Exception {
    for (int again = 0; again < 2; again++) {
      Ask own = new Ask(GUESTS, new WorkerIdentity("t1", "l7", digest, "dev"));
      var _ =
          keyRelease(GUESTS.forewarned())
              .release(asking(own), own.request(keyRelease().nonce(asking(own))));
    }

    assertThat(events("l7").split("PLATFORM_WILL_BE_DEMOTED", -1)).hasSize(2);
    assertThat(events("l7").split("KEY_RELEASED", -1)).hasSize(3);
    assertThat(office.one("SELECT demotion FROM worker WHERE worker = 'l7'"))
        .isEqualTo("OutOfDate");
  }

  @Test
  void nonceFromBeforeTheRevocationGivesNoKeys() throws Exception {
    Ask own = running("l2");
    ReleaseRequest asked = own.request(keyRelease().nonce(asking(own)));
    Office.expect(200, order("l2", "revoke", "{}", "k2"));

    assertThatThrownBy(() -> keyRelease().release(asking(own), asked))
        .isInstanceOf(RuntimeException.class);
    assertThat(events("l2")).endsWith("WORKER_TERMINATED");
    assertThat(holdsKeys("l2")).isFalse();
  }

  @Test
  void workerIsEndedOnceItHasNothingInHand() throws Exception {
    running("l3");
    office.store.execute(
        """
        INSERT INTO step_task (tenant, run, step, attempt, attempt_group, purpose, command_id, open,
          epoch, owner, lease_until)
        VALUES ('t1', 'r-l3', 's', 1, 1, 'RUN', gen_random_uuid(), true, 1, 'l3',
          clock_timestamp() + interval '30 s')\
        """);
    Office.expect(202, order("l3", "end", "{}", "k3"));
    int _ = life.look();
    assertThat(events("l3")).doesNotContain("WORKER_TERMINATED");

    office.store.execute("UPDATE step_task SET open = false WHERE owner = 'l3'");
    int _ = life.look();
    int _ = life.look();
    assertThat(events("l3")).endsWith("WORKER_TERMINATED").containsOnlyOnce("WORKER_TERMINATED");
    assertThat(holdsKeys("l3")).isFalse();
  }

  @Test
  void expiryOfKeysIsAnEventOnce() throws Exception {
    Ask own = running("l4");
    office.store.execute(
        "UPDATE worker SET release_until = clock_timestamp() - interval '1 s' WHERE worker = 'l4'");
    int _ = life.look();
    int _ = life.look();
    assertThat(events("l4"))
        .endsWith("KEY_RELEASE_CONFIRMED KEY_RELEASE_EXPIRED")
        .containsOnlyOnce("KEY_RELEASE_EXPIRED");

    release(own);
    assertThat(events("l4")).endsWith("KEY_RELEASE_CONFIRMED");
  }

  @Test
  void otherTenantsAndUnknownWorkersAreNotFound() throws Exception {
    running("l5");
    for (String how : List.of("revoke", "end")) {
      Office.expect(404, office.post("t2", "oscar", path("l5", how), "{}", Role.OPERATOR));
      Office.expect(404, order("nobody", how, "{}", "k-" + how));
      Office.expect(403, office.post("t1", "ann", path("l5", how), "{}", Role.APPROVER));
      Office.expect(422, order("l5", how, "{\"reason\": \"because I say so\"}", "t-" + how));
    }
    assertThat(holdsKeys("l5")).isTrue();
  }

  private static HttpResponse<String> order(String worker, String how, String body, String key)
      throws Exception {
    return office.post(
        "t1", "oscar", path(worker, how), body, Role.OPERATOR, "Idempotency-Key", key);
  }

  private static String path(String worker, String how) {
    return "/v1/workers/%s/%s".formatted(worker, how);
  }

  private static Ask running(String worker) throws Exception {
    Ask own = new Ask(GUESTS, new WorkerIdentity("t1", worker, digest, "dev"));
    release(own);
    return own;
  }

  /// Noon is long ago by the database's clock, so the row is set to last.
  private static void release(Ask own) throws Exception {
    ReleaseRequest asked = own.request(keyRelease().nonce(asking(own)));
    KeyPackage sealed = keyRelease().release(asking(own), asked);
    keyRelease().confirm(asking(own), own.confirmation(asked, sealed));
    office.store.execute(
        "UPDATE worker SET release_until = clock_timestamp() + interval '5 min' WHERE worker = ?",
        own.identity.worker());
  }

  private static KeyRelease.Asking asking(Ask own) {
    return new KeyRelease.Asking(own.identity, Guests.TLS_KEY, TRACE);
  }

  private static KeyRelease keyRelease() throws Exception {
    return keyRelease(GUESTS.check());
  }

  private static KeyRelease keyRelease(EvidenceCheck check) throws Exception {
    return new KeyRelease(
        office.store.app(),
        office.bus,
        office.artifacts,
        new WorkerInstances(office.store.app()),
        office.secrets,
        check,
        new KeyPolicy(asked -> Guests.decision(asked, Effect.ALLOW, Optional.empty()), "c1"),
        office.clock,
        office.ids);
  }

  private static boolean holdsKeys(String worker) {
    return office.store.everything(connection ->
        WorkerInstances.holdsKeys(
            connection, new WorkerIdentity("t1", worker, digest, "dev"), false));
  }

  private static String events(String worker) {
    return office.one(
        "SELECT string_agg(event_type, ' ' ORDER BY seq) FROM event"
            + " WHERE tenant = 't1' AND stream_type = 'Worker' AND stream_id = ?",
        worker);
  }
}
