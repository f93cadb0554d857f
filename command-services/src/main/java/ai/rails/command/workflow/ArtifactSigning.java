package ai.rails.command.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;

import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Ed25519Verify;

/// The publisher's key: signs artifacts, and checks what comes out of the store. Thread-safe.
///
/// Workers get the public half from their own configuration, not from here.
public final class ArtifactSigning {
  private static final int SEED_BYTES = 32;

  private final Ed25519Sign sign;
  private final Ed25519Verify verify;
  private final byte[] publicKey;

  private ArtifactSigning(Ed25519Sign.KeyPair pair) throws GeneralSecurityException {
    this.sign = new Ed25519Sign(pair.getPrivateKey());
    this.verify = new Ed25519Verify(pair.getPublicKey());
    this.publicKey = pair.getPublicKey();
  }

  /// Opens the key under a data directory, or makes one that only its owner can read.
  public static ArtifactSigning open(Path data) throws IOException, GeneralSecurityException {
    Path file = data.resolve("artifact-signing.key");
    if (Files.notExists(file)) {
      Files.createDirectories(data);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, Ed25519Sign.KeyPair.newKeyPair().getPrivateKey(), StandardOpenOption.WRITE);
    }
    byte[] seed = Files.readAllBytes(file);
    if (seed.length != SEED_BYTES) {
      throw new GeneralSecurityException(file + " is no Ed25519 seed of 32 bytes");
    }
    return new ArtifactSigning(Ed25519Sign.KeyPair.newKeyPairFromSeed(seed));
  }

  /// The public key, 32 bytes.
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /// A name for the key: the start of the public key's SHA-256.
  public String keyId() {
    return "artifact-" + Digests.hex(publicKey).substring(0, 16);
  }

  byte[] sign(byte[] artifact) throws GeneralSecurityException {
    return sign.sign(artifact);
  }

  /// @throws GeneralSecurityException if this key did not sign exactly these bytes
  void verify(byte[] signature, byte[] artifact) throws GeneralSecurityException {
    verify.verify(signature, artifact);
  }
}
