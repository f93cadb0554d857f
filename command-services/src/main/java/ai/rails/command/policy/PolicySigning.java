package ai.rails.command.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;

import ai.rails.platform.json.CanonicalJson;

/// The P-256 key that signs policy bundles, in two files of the data directory.
public final class PolicySigning {
  private static final String PRIVATE = "policy-signing.key";
  private static final String PUBLIC = "policy-signing.pub";

  private PolicySigning() {}

  /// Opens the key, or makes one that only its owner can read.
  public static BundleSigner open(Path data, BundleSettings settings)
      throws IOException, GeneralSecurityException {
    Path secret = data.resolve(PRIVATE);
    Path known = data.resolve(PUBLIC);
    if (Files.notExists(secret)) {
      make(secret, known);
    }
    KeyFactory factory = KeyFactory.getInstance("EC");
    byte[] publicBytes = Files.readAllBytes(known);
    PrivateKey privateKey =
        factory.generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(secret)));
    PublicKey publicKey = factory.generatePublic(new X509EncodedKeySpec(publicBytes));
    String id = "policy-" + CanonicalJson.sha256(publicBytes).substring(0, 16);
    return new BundleSigner(settings, id, privateKey, publicKey);
  }

  private static void make(Path secret, Path known) throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Files.write(known, pair.getPublic().getEncoded());
    Files.createFile(
        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(secret, pair.getPrivate().getEncoded(), StandardOpenOption.WRITE);
  }
}
