package ai.rails.domain.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A witness's timestamped signature under a checkpoint (C2SP tlog-cosignature, `cosignature/v1`).
///
/// @param time Unix seconds at which the witness saw the checkpoint as the newest
/// @param signature Ed25519 over [#message(String)]
@SuppressWarnings("ArrayRecordComponent") // bytes on their way; never compared
public record Cosignature(long time, byte[] signature) {
  private static final int SIGNATURE_BYTES = 64;

  /// @return empty if the bytes are no cosignature
  public static Optional<Cosignature> parse(byte[] bytes) {
    if (bytes.length != Long.BYTES + SIGNATURE_BYTES) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long time = buffer.getLong();
    byte[] signature = new byte[SIGNATURE_BYTES];
    buffer.get(signature);
    return time < 0 ? Optional.empty() : Optional.of(new Cosignature(time, signature));
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(Long.BYTES + signature.length).putLong(time).put(signature).array();
  }

  /// What a witness signs.
  ///
  /// @param checkpoint the checkpoint's text
  public byte[] message(String checkpoint) {
    return message(time, checkpoint);
  }

  /// What a witness signs.
  ///
  /// @param time Unix seconds
  /// @param checkpoint the checkpoint's text
  public static byte[] message(long time, String checkpoint) {
    return "cosignature/v1\ntime %s\n%s"
        .formatted(time, checkpoint)
        .getBytes(StandardCharsets.UTF_8);
  }
}
