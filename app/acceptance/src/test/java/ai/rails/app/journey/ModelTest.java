package ai.rails.app.journey;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import ai.rails.app.demo.PinnedModel;
import ai.rails.app.journey.Triage.Started;
import ai.rails.enclave.classifier.OfflineClassifier;

import static org.assertj.core.api.Assertions.assertThat;

/// The flagship with a language model of each vendor, through the gateway and with the customer's
/// key: the same steps, gate and write, and a ticket that costs what the vendor counted.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class ModelTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFFLINE_CLASSIFIER")
  void aVendorsModelIsGovernedAndCosted(PinnedModel.Provider provider, Cell cell) {
    PinnedModel model = PinnedModel.of(provider, OfflineClassifier.standard());
    Triage triage = cell.withModel(provider);

    Started started = triage.start();

    assertThat(triage.settle(List.of(started)).values()).containsOnly("COMPLETED");
    ServersKilledTest.assertWrittenOnce(triage, List.of(started));
    JsonNode run = triage.run(started.run());
    assertThat(run.path("cost").path(0).path("currency").asText()).isEqualTo("USD");
    assertThat(run.path("cost").path(0).path("nanos").asLong()).isPositive();
    String events = triage.events(started.run()).toString();
    assertThat(events).contains("MODEL_INVOKED", model.model(), "BUDGET_SETTLED");
    assertThat(events).doesNotContain(started.ticket().shortDescription());
    ServersKilledTest.assertVerified(cell);
  }
}
