package ai.rails.platform.witness;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.KeyHistory;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A cell that gets a second key at time 2,000 and a third at 3,000, each time with an overlap of
/// 100 seconds.
class KeyHistoryTest {
  private static final String CELL = "ledger.c1.example";
  private static final String ORIGIN = CELL + "/t/t1/w/ops/e/1";

  private final NoteSigner first = TestLog.key(CELL, 1);
  private final NoteSigner second = TestLog.key(CELL, 2);
  private final NoteSigner third = TestLog.key(CELL, 3);
  private final KeyHistory one = KeyHistory.of(first.key(), 1_000);
  private final KeyHistory two = with(one, first, second, 2_000);
  private final KeyHistory three = with(two, second, third, 3_000);

  private static KeyHistory with(KeyHistory old, NoteSigner by, NoteSigner next, long from) {
    byte[] endorsement = by.sign(old.toEndorse(next.key(), from, from + 100)).signature();
    return old.with(next.key(), from, from + 100, endorsement);
  }

  private static byte[] signed(KeyHistory history, NoteSigner by) {
    return new Note(history.text(), List.of(by.signAs(history.name(), history.text()))).bytes();
  }

  private static Note checkpoint(NoteSigner... signers) {
    var checkpoint = new Checkpoint(ORIGIN, 7, Merkle.emptyRoot());
    Note note = new Note(checkpoint.text(), List.of());
    for (NoteSigner signer : signers) {
      note = note.with(signer.signAs(ORIGIN, checkpoint.text()));
    }
    return note;
  }

  @Test
  void acceptsEachKeyInItsTime() {
    assertThat(three.accepts(checkpoint(first), 1_500)).isTrue();
    assertThat(three.accepts(checkpoint(first), 2_050)).isTrue();
    assertThat(three.accepts(checkpoint(second), 2_050)).isTrue();
    assertThat(three.accepts(checkpoint(first, second), 2_050)).isTrue();
    assertThat(three.accepts(checkpoint(second), 2_500)).isTrue();
    assertThat(three.accepts(checkpoint(third), 9_999)).isTrue();
  }

  @Test
  void acceptsNoKeyOutOfItsTime() {
    assertThat(three.accepts(checkpoint(first), 999)).isFalse();
    assertThat(three.accepts(checkpoint(first), 2_100)).isFalse();
    assertThat(three.accepts(checkpoint(second), 1_999)).isFalse();
    assertThat(three.accepts(checkpoint(second), 3_100)).isFalse();
    assertThat(three.accepts(checkpoint(third), 2_999)).isFalse();
    assertThat(three.accepts(checkpoint(TestLog.key(CELL, 4)), 2_500)).isFalse();
  }

  @Test
  void knowsNoLogOfAnotherCell() {
    assertThat(three.keys("ledger.c10.example/t/t1/w/ops/e/1", 1_500)).isEmpty();
    assertThat(three.keys(CELL, 1_500)).isEmpty();
  }

  @Test
  void isReadAsItWasWritten() {
    assertThat(KeyHistory.parse(signed(one, first))).isEqualTo(one);
    assertThat(KeyHistory.parse(signed(two, second))).isEqualTo(two);
    assertThat(KeyHistory.parse(signed(three, third))).isEqualTo(three);
  }

  @Test
  void leadsFromAnyOfItsKeysToAllOthers() {
    assertThat(three.trustedBy(first.key())).isTrue();
    assertThat(three.trustedBy(second.key())).isTrue();
    assertThat(three.trustedBy(third.key())).isTrue();
    assertThat(three.trustedBy(TestLog.key(CELL, 4).key())).isFalse();
  }

  @Test
  void doesNotLeadToAKeyThatNobodyEndorsed() {
    NoteSigner thief = TestLog.key(CELL, 5);
    KeyHistory stolen = with(one, thief, thief, 2_000);
    KeyHistory read = KeyHistory.parse(signed(stolen, thief));
    assertThat(read.trustedBy(first.key())).isFalse();
  }

  @Test
  void doesNotLeadPastAChangedTime() {
    String changed = two.text().replace("key 1000 2100", "key 1000 9100");
    Note note = new Note(changed, List.of(second.signAs(CELL + "/keys", changed)));
    assertThat(KeyHistory.parse(note.bytes()).trustedBy(first.key())).isFalse();
  }

  @Test
  void isRefusedWithoutTheNewestKeysSignature() {
    assertThatThrownBy(() -> KeyHistory.parse(signed(three, second)))
        .isInstanceOf(IllegalArgumentException.class);
    String text = new String(signed(three, third), StandardCharsets.UTF_8);
    String shorter = text.replaceFirst("key 3000.*\n", "");
    assertThatThrownBy(() -> KeyHistory.parse(shorter.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isRefusedOutOfForm() {
    String text = new String(signed(two, second), StandardCharsets.UTF_8);
    List<String> wrong =
        List.of(
            text.replace("/keys\n", "/other\n"),
            text.replace("v1", "v2"),
            text.replace("key 1000", "key 01000"),
            text.replace("key 1000 2100", "key 1000 -"),
            text.replace("key 2000 -", "key 900 -"),
            text.replace("key 2000 -", "key 2000 2100"));
    for (String each : wrong) {
      assertThatThrownBy(() -> KeyHistory.parse(each.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
