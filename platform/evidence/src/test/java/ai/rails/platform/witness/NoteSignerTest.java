package ai.rails.platform.witness;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NoteSignerTest {
  /// From the documentation of Go's golang.org/x/mod/sumdb/note.
  private static final String GO_PRIVATE =
      "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

  private static final String GO_PUBLIC =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

  private static final String GO_TEXT =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

  private static final String GO_SIGNATURE =
      "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

  @Test
  void readsAndUsesGosKeyAsGoDoes() {
    NoteSigner signer = NoteSigner.parse(GO_PRIVATE);
    assertThat(signer.key().toString()).isEqualTo(GO_PUBLIC);
    assertThat(signer.privateKey()).isEqualTo(GO_PRIVATE);
    assertThat(signer.sign(GO_TEXT).line()).isEqualTo(GO_SIGNATURE);
  }

  @Test
  void neverShowsAPrivateKey() {
    NoteSigner signer = NoteSigner.parse(GO_PRIVATE);
    assertThat(signer.toString()).doesNotContain("AYEKFALV").contains(GO_PUBLIC);
    String damaged = GO_PRIVATE.replace("c74f20a3", "c74f20a4");
    assertThatThrownBy(() -> NoteSigner.parse(damaged))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("AYEKFALV");
    assertThatThrownBy(() -> NoteSigner.parse("PRIVATE+KEY+x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void signsForEachLogUnderTheLogsName() {
    NoteSigner cell = TestLog.key("ledger.c1.example", 1);
    var signature = cell.signAs("ledger.c1.example/t/x", "text\n");
    assertThat(signature.by(cell.key().named("ledger.c1.example/t/x"))).isTrue();
    assertThat(signature.by(cell.key())).isFalse();
    assertThat(signature).isEqualTo(cell.named("ledger.c1.example/t/x").sign("text\n"));
  }
}
