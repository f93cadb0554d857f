package ai.rails.command.worker;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.TestStore;
import ai.rails.command.connector.ConnectorApi;
import ai.rails.command.connector.ConnectorInstanceEntity;
import ai.rails.domain.Refused;
import ai.rails.domain.connector.ConnectorInstanceEvent.CredentialStored;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.RefreshProtocol.Refresh;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claimed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A credential whose refresh token is taken once only, on the write side: one worker asks at a
/// time, what it is given is stored for all, and nobody else can put anything in its place.
@Tag("slow")
class RefreshTest {
  private static final String SNOW = "snow-dev";
  private static final String MINE = "a".repeat(32);
  private static final String ANOTHERS = "b".repeat(32);
  private static final String INFO = "airails|1|credential|t1|" + SNOW;

  private TestStore store = TestStore.open().tenant("t1", "w1");
  private Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch")).ticking();
  private final HpkeKeyPair ingest = pair();
  private final String first = sealed("first");

  @BeforeEach
  void withACredential() throws Exception {
    rig.created(SNOW);
    store.execute(
        "UPDATE connector_instance SET credential = ?, ingest_public = ? WHERE instance = ?",
        decoded(first),
        ingest.publicKey(),
        SNOW);
  }

  @AfterEach
  void close() {
    rig.close();
    store.close();
  }

  /// A call on its way.
  private record Going(TestWorker worker, Claimed claimed, Call call) {
    Refresh ask(String held, String grant) {
      return worker.askRefresh(
          claimed, call, ConnectorApi.credentialRef(decoded(held)).ciphertextSha256(), grant);
    }

    void keep(String grant, String sealed) {
      worker.keepRefreshed(SNOW, grant, Optional.of(sealed));
    }
  }

  private Going going() {
    TestWorker worker = rig.worker();
    Claimed claimed = worker.claim(rig.command(rig.start(), "fetch", 1));
    Call call = TestWorker.call(claimed, "fetch", "get-incident", "U");
    assertThat(worker.intent(claimed, call).effect()).isEqualTo("ALLOW");
    return new Going(worker, claimed, call);
  }

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static HpkeKeyPair pair() {
    try {
      return HpkeKeyPair.generate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String sealed(String text) {
    try {
      byte[] plain = text.getBytes(StandardCharsets.UTF_8);
      return Base64.getEncoder().encodeToString(HpkeKeyPair.seal(ingest.publicKey(), plain, INFO));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String stored() {
    return store
        .everything(c ->
            Sql.one(
                c,
                "SELECT credential FROM connector_instance WHERE instance = ?",
                row -> Base64.getEncoder().encodeToString(row.getBytes(1)),
                SNOW))
        .orElseThrow();
  }

  private List<String> told() {
    return rig.bus.history("t1", ConnectorInstanceEntity.TYPE.streamType(), SNOW).stream()
        .map(each -> each.event())
        .filter(CredentialStored.class::isInstance)
        .map(event -> ((CredentialStored) event).credential().ciphertextSha256())
        .toList();
  }

  @Test
  void whatTheOneThatAskedWasGivenIsStoredTheOtherGetsItAndTheLedgerTells() {
    Going one = going();
    Going other = going();
    String second = sealed("second");

    assertThat(one.ask(first, MINE).state()).isEqualTo("GRANTED");
    assertThat(one.ask(first, MINE).state())
        .as("asked again for a lost answer")
        .isEqualTo("GRANTED");
    assertThat(other.ask(first, ANOTHERS).state()).isEqualTo("BUSY");
    one.keep(MINE, second);
    one.keep(MINE, second);

    Refresh changed = other.ask(first, ANOTHERS);
    assertThat(changed.state()).isEqualTo("CHANGED");
    assertThat(changed.credential()).contains(second);
    assertThat(other.ask(second, ANOTHERS).state()).isEqualTo("GRANTED");
    assertThat(stored()).isEqualTo(second);
    assertThat(told())
        .containsExactly(ConnectorApi.credentialRef(decoded(second)).ciphertextSha256());
  }

  @Test
  void leaveThatIsGivenBackOrOverGoesToTheNext() {
    Going one = going();
    Going other = going();

    assertThat(one.ask(first, MINE).state()).isEqualTo("GRANTED");
    one.worker().keepRefreshed(SNOW, MINE, Optional.empty());
    assertThat(other.ask(first, ANOTHERS).state()).isEqualTo("GRANTED");
    store.execute("UPDATE connector_instance SET refresh_until = clock_timestamp()");
    assertThat(one.ask(first, MINE).state()).isEqualTo("GRANTED");
  }

  @Test
  void whatTheOneBeforeWasGivenIsKeptAlsoWhenAnotherAskedMeanwhileInVain() {
    Going one = going();
    Going other = going();
    assertThat(one.ask(first, MINE).state()).isEqualTo("GRANTED");
    store.execute("UPDATE connector_instance SET refresh_until = clock_timestamp()");
    assertThat(other.ask(first, ANOTHERS).state()).isEqualTo("GRANTED");
    String late = sealed("late");

    one.keep(MINE, late);

    assertThat(stored()).isEqualTo(late);
    assertThat(one.ask(late, "d".repeat(32)).state()).as("his turn goes on").isEqualTo("BUSY");
    other.worker().keepRefreshed(SNOW, ANOTHERS, Optional.empty());
    assertThat(one.ask(late, "d".repeat(32)).state()).isEqualTo("GRANTED");
  }

  @Test
  void whatAPersonStoredIsNotOvertaken() {
    Going one = going();
    Going other = going();
    assertThat(one.ask(first, MINE).state()).isEqualTo("GRANTED");
    store.execute("UPDATE connector_instance SET refresh_until = clock_timestamp()");
    assertThat(other.ask(first, ANOTHERS).state()).isEqualTo("GRANTED");
    // As `PUT .../credential` does.
    store.execute("UPDATE connector_instance SET refresh_grant = NULL, refresh_before = NULL");

    for (String grant : List.of(MINE, ANOTHERS)) {
      assertThatThrownBy(() -> one.keep(grant, sealed("late")))
          .isInstanceOfSatisfying(
              Refused.class, e -> assertThat(e.code()).isEqualTo(Refused.Code.STALE_LEASE));
    }
    assertThat(stored()).isEqualTo(first);
    assertThat(told()).isEmpty();
  }

  @Test
  void whatComesLateIsKeptWhileNobodyElseAsked() {
    Going one = going();
    assertThat(one.ask(first, MINE).state()).isEqualTo("GRANTED");
    store.execute("UPDATE connector_instance SET refresh_until = clock_timestamp()");
    rig.endLeases(one.claimed().run());
    String second = sealed("second");

    one.keep(MINE, second);

    assertThat(stored()).isEqualTo(second);
  }

  @Test
  void whoAsksWithoutACallOnItsWayIsRefused() {
    TestWorker worker = rig.worker();
    Claimed claimed = worker.claim(rig.command(rig.start(), "fetch", 1));
    Going before =
        new Going(worker, claimed, TestWorker.call(claimed, "fetch", "get-incident", "U"));

    assertThatThrownBy(() -> before.ask(first, MINE))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.code()).isEqualTo(Refused.Code.CALL_NOT_INTENDED));
  }

  @Test
  void nothingButAnAnswerOfAWorkerWithKeysToItsOwnLeaveIsStored() throws Exception {
    Going one = going();
    assertThat(one.ask(first, MINE).state()).isEqualTo("GRANTED");
    String plain = TestWorker.base64("{\"token\":\"in the clear, long enough for a ciphertext\"}");
    byte[] elsewhere = HpkeKeyPair.seal(pair().publicKey(), new byte[] {1}, INFO);
    String foreign = Base64.getEncoder().encodeToString(elsewhere);

    assertThatThrownBy(() -> one.keep(MINE, plain)).hasMessageContaining("not sealed");
    assertThatThrownBy(() -> one.keep(MINE, foreign)).hasMessageContaining("not sealed");
    assertThatThrownBy(() -> one.keep("c".repeat(32), sealed("x"))).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> one.keep("no grant", sealed("x"))).isInstanceOf(Refused.class);
    rig.holders = (_, _, _) -> false;
    assertThatThrownBy(() -> one.keep(MINE, sealed("x")))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.code()).isEqualTo(Refused.Code.FORBIDDEN));
    assertThat(stored()).isEqualTo(first);
    assertThat(told()).isEmpty();
  }
}
