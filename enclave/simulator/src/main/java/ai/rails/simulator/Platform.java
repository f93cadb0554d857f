package ai.rails.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

import ai.rails.attestation.format.Bytes;

/// A simulated machine: the key with which it vouches for quoting enclaves, and the certificates
/// over it. Of a real machine the key never leaves the processor; this one is a file, which is one
/// reason why it proves nothing.
///
/// @param chain PEM: PCK certificate, platform CA, root
public record Platform(Bytes chain, PrivateKey key) {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  /// PEM, key first, for the processes of simulated guests.
  public byte[] pem() {
    var mime = Base64.getMimeEncoder(64, new byte[] {'\n'});
    String key64 = mime.encodeToString(key.getEncoded());
    return (BEGIN
            + "\n"
            + key64
            + "\n"
            + END
            + "\n"
            + new String(chain.toArray(), StandardCharsets.US_ASCII))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// @throws IllegalArgumentException unless these are the bytes of [#pem()]
  public static Platform of(byte[] pem) {
    String text = new String(pem, StandardCharsets.US_ASCII);
    int end = text.indexOf(END);
    if (!text.startsWith(BEGIN) || end < 0) {
      throw new IllegalArgumentException("a simulated platform begins with its private key in PEM");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(text.substring(BEGIN.length(), end));
      PrivateKey key =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
      String chain = text.substring(end + END.length() + 1);
      return new Platform(Bytes.copyOf(chain.getBytes(StandardCharsets.US_ASCII)), key);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the simulated platform's key is no EC key", e);
    }
  }

  @Override
  public String toString() {
    return "Platform[simulated, its key hidden]";
  }
}
