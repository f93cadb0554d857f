package ai.rails.platform.keys;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorResult;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.http.WorkerIdentity;

/// A runner's public key, signed with the key of its client certificate: whoever trusts the
/// authority can seal to the runner without trusting who handed him the card. Immutable.
///
/// @param certificate PEM: its client certificate, and those between it and the authority
/// @param hpkePublicKey public keyset as [HpkeKeyPair] writes it, base64
/// @param signature over name and key, base64
public record RunnerCard(String certificate, String hpkePublicKey, String signature) {
  /// Longest accepted member, in characters.
  public static final int MAX_LENGTH = 16 << 10;

  private static final String DOMAIN = "airails|1|runner-card";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final int CHAIN_MAX = 4;

  /// @throws GeneralSecurityException if the certificate is no runner's, or its key can not sign
  public static RunnerCard sign(List<X509Certificate> chain, PrivateKey key, byte[] hpkePublicKey)
      throws GeneralSecurityException {
    X509Certificate own = chain.getFirst();
    Signature signature = Signature.getInstance(algorithm(own));
    signature.initSign(key);
    signature.update(transcript(identity(own), hpkePublicKey));
    StringBuilder pem = new StringBuilder();
    for (X509Certificate each : chain) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(each.getEncoded()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return new RunnerCard(
        pem.toString(),
        Base64.getEncoder().encodeToString(hpkePublicKey),
        Base64.getEncoder().encodeToString(signature.sign()));
  }

  /// What the card says, if it is true.
  ///
  /// @param hpkePublicKey whoever seals to it seals to the named runner
  /// @param tlsKeySha256 of the certificate's public key, lower-case hex
  @SuppressWarnings("ArrayRecordComponent") // handed over once
  public record Verified(RunnerIdentity identity, byte[] hpkePublicKey, String tlsKeySha256) {}

  /// @param authorities who may name runners; with none nobody is believed
  /// @throws GeneralSecurityException if anything in it is not as it should be
  public Verified verified(Collection<X509Certificate> authorities, Instant at)
      throws GeneralSecurityException {
    if (Math.max(certificate.length(), Math.max(hpkePublicKey.length(), signature.length()))
        > MAX_LENGTH) {
      throw new GeneralSecurityException("the card is too long");
    }
    List<X509Certificate> chain = chain();
    validate(chain, authorities, at);
    X509Certificate own = chain.getFirst();
    RunnerIdentity identity = identity(own);
    byte[] key = base64(hpkePublicKey);
    Signature check = Signature.getInstance(algorithm(own));
    check.initVerify(own.getPublicKey());
    check.update(transcript(identity, key));
    if (!check.verify(base64(signature))) {
      throw new GeneralSecurityException("the certificate's key did not sign this card");
    }
    // Whatever parses can be sealed to.
    byte[] _ = HpkeKeyPair.seal(key, new byte[0], DOMAIN);
    return new Verified(identity, key, WorkerIdentity.keySha256(own));
  }

  private List<X509Certificate> chain() throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    var in = new ByteArrayInputStream(certificate.getBytes(StandardCharsets.UTF_8));
    for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
      chain.add((X509Certificate) each);
    }
    if (chain.isEmpty() || chain.size() > CHAIN_MAX) {
      throw new GeneralSecurityException("a card holds 1 to %d certificates".formatted(CHAIN_MAX));
    }
    return chain;
  }

  private static void validate(
      List<X509Certificate> chain, Collection<X509Certificate> authorities, Instant at)
      throws GeneralSecurityException {
    if (authorities.isEmpty()) {
      throw new GeneralSecurityException("no authority is configured that may name runners");
    }
    Set<TrustAnchor> anchors =
        authorities.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet());
    var parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    // An anchor at the end of a chain is known already.
    List<X509Certificate> path =
        chain.stream().filter(each -> !authorities.contains(each)).toList();
    if (path.isEmpty()) {
      throw new GeneralSecurityException("an authority is no runner");
    }
    CertPathValidatorResult _ =
        CertPathValidator.getInstance("PKIX")
            .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    List<String> purposes = path.getFirst().getExtendedKeyUsage();
    if (path.getFirst().getBasicConstraints() >= 0
        || (purposes != null && !purposes.contains(CLIENT_AUTH))
        || !path.getFirst().equals(chain.getFirst())) {
      throw new GeneralSecurityException("the first certificate is no client's");
    }
  }

  private static RunnerIdentity identity(X509Certificate own) throws GeneralSecurityException {
    return RunnerIdentity.of(own)
        .orElseThrow(
            () -> new GeneralSecurityException("the certificate has no airails-runner:// name"));
  }

  private static String algorithm(X509Certificate own) throws GeneralSecurityException {
    return switch (own.getPublicKey().getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519" -> "Ed25519";
      default -> throw new GeneralSecurityException("a runner's key is EC or Ed25519");
    };
  }

  private static byte[] transcript(RunnerIdentity identity, byte[] key) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      for (byte[] part :
          List.of(
              DOMAIN.getBytes(StandardCharsets.UTF_8),
              identity.uri().toString().getBytes(StandardCharsets.UTF_8),
              key)) {
        out.writeInt(part.length);
        out.write(part);
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static byte[] base64(String text) throws GeneralSecurityException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("the card is not base64", e);
    }
  }
}
