package ai.rails.enclave.runner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Set;

import com.google.crypto.tink.subtle.Hkdf;

import ai.rails.platform.keys.ContentKey;
import ai.rails.platform.keys.HpkeKeyPair;

/// A runner's secret: the key that calls are sealed to, and, derived from it, the one that its
/// spool lies under. It is a file of its own, so that it need not lie beside the spool.
///
/// @param sealing opens calls
/// @param spool seals what is kept
record RunnerKey(HpkeKeyPair sealing, ContentKey spool) {
  private static final String SPOOL = "airails|1|runner-spool";
  private static final int MAX_BYTES = 4_096;
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  /// Reads the file, or makes it, for its owner alone.
  static RunnerKey open(Path file) throws IOException, GeneralSecurityException {
    if (!Files.exists(file)) {
      write(file, HpkeKeyPair.generate().exportPrivate());
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new GeneralSecurityException("%s is no runner's key".formatted(file));
    }
    byte[] secret = Files.readAllBytes(file);
    return new RunnerKey(
        HpkeKeyPair.of(secret),
        ContentKey.of(
            Hkdf.computeHkdf(
                "HMACSHA256", secret, new byte[0], SPOOL.getBytes(StandardCharsets.UTF_8), 32)));
  }

  private static void write(Path file, byte[] secret) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER))) {
      ByteBuffer bytes = ByteBuffer.wrap(secret);
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
      channel.force(true);
    }
  }

  @Override
  public String toString() {
    return "RunnerKey[hidden]";
  }
}
