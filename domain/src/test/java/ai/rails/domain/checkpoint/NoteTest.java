package ai.rails.domain.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Notes as the Go checksum database and the C2SP pages write them.
class NoteTest {
  private static final String SUMDB_KEY =
      "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
  private static final String SUMDB =
      """
      go.sum database tree
      35225469
      vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

      \u2014 sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
      """;

  @Test
  void a_checkpoint_of_the_go_checksum_database_verifies() {
    Note note = note(SUMDB);
    Checkpoint checkpoint = Checkpoint.parse(note.text());

    assertThat(note.verified(VerifierKey.parse(SUMDB_KEY))).isTrue();
    assertThat(checkpoint.size()).isEqualTo(35_225_469);
    assertThat(checkpoint.text()).isEqualTo(note.text());
    assertThat(new String(note.bytes(), StandardCharsets.UTF_8)).isEqualTo(SUMDB);
    assertThat(VerifierKey.parse(SUMDB_KEY)).hasToString(SUMDB_KEY);
  }

  @Test
  void a_signature_by_a_known_key_that_does_not_verify_spoils_the_note() {
    Note note = note(SUMDB.replace("35225469", "35225468"));

    assertThatThrownBy(() -> note.verified(VerifierKey.parse(SUMDB_KEY)))
        .hasMessageContaining("does not verify");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text\n",
        "text\n\n",
        "text\n\n\u2014 a\n",
        "text\n\n\u2014 a AAAA\n",
        "text\n\n\u2014 a b+ AAAAAAA=\n",
        "text\n\n\u2014 a AAAAAAA=",
        "te\txt\n\n\u2014 a AAAAAAA=\n",
        "text\n\n- a AAAAAAA=\n",
        "text\n\n\u2014 a AAAAAAB=\n"
      })
  void what_is_no_note_is_refused(String text) {
    assertThatThrownBy(() -> note(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quorum",
        "quorum X",
        "quorum none\nquorum none",
        "log x",
        "group g 2 a b",
        "witness none sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "log sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\nlog"
            + " sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\nquorum none"
      })
  void what_is_no_policy_is_refused(String text) {
    assertThatThrownBy(() -> TlogPolicy.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_policy_reads_as_it_was_written() {
    String text =
        """
        log %s
        log %s https://logs.example/
        witness w1 %s https://witness.example/
        witness w2 %s
        group both 2 w1 w2
        group some 1 w1 both
        quorum some
        """
            .formatted(
                key("a.example", VerifierKey.Type.ED25519, 1),
                key("b.example", VerifierKey.Type.ED25519, 2),
                key("w.example/1", VerifierKey.Type.COSIGNATURE, 3),
                key("w.example/2", VerifierKey.Type.COSIGNATURE, 4));

    assertThat(TlogPolicy.parse("# of the cell\n" + text).text()).isEqualTo(text);
  }

  private static VerifierKey key(String name, VerifierKey.Type type, int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return new VerifierKey(name, type, key);
  }

  private static Note note(String text) {
    return Note.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
