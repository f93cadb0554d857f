package ai.rails.app.journey;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.World;
import ai.rails.app.journey.Triage.Started;
import ai.rails.standin.slack.Press;

import static org.assertj.core.api.Assertions.assertThat;

/// The card in the channel, from the worker's post to the decision that takes its place.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class SlackCardTest {
  @Test
  void aCardShowsWhatBecameOfItWhereverThatWasDecided(Cell cell) {
    Triage triage = cell.triage();
    Started here = triage.start();
    Started elsewhere = triage.start();
    String first = card(triage, here);
    String second = card(triage, elsewhere);
    assertThat(shown(triage, first)).contains("airails.approve", here.ticket().number());

    press(triage, first, "airails.approve");
    triage.approve(elsewhere);
    press(triage, second, "airails.deny");

    Triage.await("the decision", () -> shown(triage, first).contains("*Approved* by <@U0OMAR>"));
    Triage.await("what it was", () -> shown(triage, second).contains("*Approved*."));
    assertThat(shown(triage, first) + shown(triage, second))
        .contains(here.run(), elsewhere.run())
        .doesNotContain("airails.", here.ticket().number());
    assertThat(triage.settle(List.of(here, elsewhere)).values()).containsOnly("COMPLETED");
  }

  private static void press(Triage triage, String card, String button) {
    var press = new Press(World.SLACK_USER, Flagship.CHANNEL, card, button);
    assertThat(triage.standIns().slack().press(press, triage.flagship().interactivity()).status())
        .isEqualTo(200);
  }

  /// Its time in the channel, once the worker has posted it.
  private static String card(Triage triage, Started started) {
    var found = new String[] {""};
    Triage.await(
        "the card of " + started.run(),
        () -> {
          found[0] =
              triage.standIns().slack().messages(Flagship.CHANNEL).stream()
                  .filter(each -> each.toString().contains(started.run() + "/"))
                  .map(each -> each.path("ts").asText())
                  .findFirst()
                  .orElse("");
          return !found[0].isEmpty();
        });
    return found[0];
  }

  private static String shown(Triage triage, String card) {
    return triage.standIns().slack().messages(Flagship.CHANNEL).stream()
        .filter(each -> each.path("ts").asText().equals(card))
        .map(JsonNode::toString)
        .findFirst()
        .orElse("");
  }
}
