package ai.rails.enclave.classifier;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelFileTest {
  private static final Training QUICK = new Training(1, 2, 3, 0.2, 0);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void readsBackAModelThatSaysTheSame(long seed) {
    // Given
    Model model = OfflineClassifier.train(SyntheticTickets.generate(seed, 120), QUICK);
    // When
    Model read = Model.read(model.bytes());
    // Then
    assertThat(read.id()).isEqualTo(model.id()).matches("offline-classifier@sha256:[0-9a-f]{64}");
    for (LabelledText each : SyntheticTickets.generate(seed + 100, 40)) {
      assertThat(read.classify(each.text())).isEqualTo(model.classify(each.text()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void refusesAModelWithAnyByteChanged(long seed) {
    byte[] bytes = OfflineClassifier.train(SyntheticTickets.generate(1, 60), QUICK).bytes();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    assertThatThrownBy(() -> Model.read(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("digest");
  }

  /// A file whose digest is right but whose content lies: counts are checked before memory is
  /// taken.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void refusesOrReadsButNeverBreaksOnAForgedFile(long seed) throws GeneralSecurityException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] bytes = OfflineClassifier.train(SyntheticTickets.generate(1, 60), QUICK).bytes();
    byte[] body = Arrays.copyOf(bytes, 6 + random.nextInt(bytes.length - 38));
    for (int i = 0; i < 4; i++) {
      body[6 + random.nextInt(Math.max(1, Math.min(400, body.length - 6)))] =
          (byte) random.nextInt();
    }
    assertThatThrownBy(() -> Model.read(sealed(body))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAFormatOfAnotherVersionByName() throws GeneralSecurityException {
    byte[] bytes = OfflineClassifier.train(SyntheticTickets.generate(1, 60), QUICK).bytes();
    byte[] body = Arrays.copyOf(bytes, bytes.length - 32);
    ByteBuffer.wrap(body).putShort(4, (short) 2);
    assertThatThrownBy(() -> Model.read(sealed(body))).hasMessageContaining("version 2");
  }

  @Test
  void refusesWhatIsNoModel() {
    assertThatThrownBy(() -> Model.read("a short text".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Model.read(sealed(new byte[64])))
        .hasMessageContaining("no offline-classifier model");
  }

  @Test
  void keepsAModelsBytesToItself() {
    Model model =
        OfflineClassifier.train(
            List.of(
                new LabelledText("disk full", "Storage"), new LabelledText("badge lost", "Access")),
            QUICK);
    Arrays.fill(model.bytes(), (byte) 0);
    assertThat(Model.read(model.bytes()).labels()).containsExactly("Access", "Storage");
  }

  private static byte[] sealed(byte[] body) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
    byte[] whole = Arrays.copyOf(body, body.length + digest.length);
    System.arraycopy(digest, 0, whole, body.length, digest.length);
    return whole;
  }
}
