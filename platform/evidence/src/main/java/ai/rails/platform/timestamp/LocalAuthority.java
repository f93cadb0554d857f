package ai.rails.platform.timestamp;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/// A time stamp authority of the installation's own, for development: its word is worth what its
/// clock and its key are, and both are the operator's. Thread-safe.
public final class LocalAuthority implements TimestampAuthority {
  /// In the arc for examples: nobody may take this for a policy that somebody audited.
  private static final ASN1ObjectIdentifier POLICY = new ASN1ObjectIdentifier("2.999.1");

  private static final Set<ASN1ObjectIdentifier> DIGESTS = Set.of(TSPAlgorithms.SHA256);
  private static final int SERIAL_BITS = 127;
  private static final int REQUEST_BYTES_MAX = 4_096;

  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final InstantSource clock;
  private final SecureRandom random;

  LocalAuthority(
      PrivateKey key, List<X509Certificate> chain, InstantSource clock, SecureRandom random) {
    this.key = key;
    this.chain = List.copyOf(chain);
    this.clock = clock;
    this.random = random;
  }

  /// Its certificate, then the root.
  public List<X509Certificate> chain() {
    return chain;
  }

  @Override
  public byte[] stamp(byte[] data) throws IOException {
    var generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    return answer(generator.generate(TSPAlgorithms.SHA256, sha256(data)).getEncoded());
  }

  /// Answers a request in DER with a response in DER.
  ///
  /// @throws IOException if the request is none
  public byte[] answer(byte[] request) throws IOException {
    if (request.length > REQUEST_BYTES_MAX) {
      throw new IOException(
          "a time stamp request has at most %d bytes".formatted(REQUEST_BYTES_MAX));
    }
    try {
      return generator()
          .generate(
              new TimeStampRequest(request),
              new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
              Date.from(clock.instant()))
          .getEncoded();
    } catch (TSPException e) {
      throw new IOException("the request cannot be stamped: " + e.getMessage(), e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("stamping failed", e);
    }
  }

  private TimeStampResponseGenerator generator()
      throws GeneralSecurityException, OperatorCreationException, TSPException {
    DigestCalculator digest =
        new JcaDigestCalculatorProviderBuilder()
            .build()
            .get(new AlgorithmIdentifier(TSPAlgorithms.SHA256));
    SignerInfoGenerator signer =
        new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withECDSA", key, chain.getFirst());
    var token = new TimeStampTokenGenerator(signer, digest, POLICY);
    token.addCertificates(new JcaCertStore(chain));
    return new TimeStampResponseGenerator(token, DIGESTS);
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
