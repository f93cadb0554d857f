package ai.rails.command.policy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.TestStore;
import ai.rails.command.TransactionPart;
import ai.rails.platform.opa.HighWater;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class PostgresBundleStoreTest {
  private final TestStore postgres = TestStore.open();
  private final PostgresBundleStore store = new PostgresBundleStore(postgres.app());

  @AfterEach
  void close() {
    postgres.close();
  }

  @Test
  void tenantsDataIsReplaced() {
    save("{\"a\":1}", "00");
    save("{\"a\":2}", "01");

    assertThat(store.tenants())
        .singleElement()
        .satisfies(data -> {
          assertThat(data.tenant()).isEqualTo("t1");
          assertThat(new String(data.json(), UTF_8)).isEqualTo("{\"a\":2}");
        });
  }

  private void save(String json, String sha256) {
    TransactionPart saving =
        store.saving(new BundleStore.TenantData("t1", json.getBytes(UTF_8), "1.0.0"), sha256);
    int _ =
        postgres
            .app()
            .inTenant(
                "t1",
                connection -> {
                  saving.write(connection);
                  return 0;
                });
  }

  @Test
  void sequenceGoesOnOverARestart() {
    long first = store.nextSeq("platform");

    assertThat(new PostgresBundleStore(postgres.app()).nextSeq("platform")).isEqualTo(first + 1);
    assertThat(store.nextSeq("t_other")).isOne();
  }

  @Test
  void highWaterOnlyRisesAndIsNotWhatWasIssued() {
    store.nextSeq("t_t9");
    HighWater marks = store.highWater();
    assertThat(marks.get("t_t9")).isZero();

    marks.advance("t_t9", 7);
    marks.advance("t_t9", 5);

    assertThat(marks.get("t_t9")).isEqualTo(7);
    assertThat(store.highWater().get("t_t9")).isEqualTo(7);
  }
}
