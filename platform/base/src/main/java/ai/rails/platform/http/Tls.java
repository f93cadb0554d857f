package ai.rails.platform.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Makes TLS contexts from a PKCS#12 file (own key and chain) and a PEM file (who is trusted).
public final class Tls {
  private Tls() {}

  /// A context for either side of mutual TLS: it trusts the given authorities and nobody else.
  ///
  /// @throws IOException if a file can not be read
  /// @throws GeneralSecurityException if it holds no usable key or certificate
  public static SSLContext context(Path pkcs12, String password, Path trustedPem)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(pkcs12)) {
      keys.load(in, password.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trust(trustedPem).getTrustManagers(), null);
    return context;
  }

  /// A context for a client without a certificate of its own.
  public static SSLContext trusting(Path trustedPem) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, trust(trustedPem).getTrustManagers(), null);
    return context;
  }

  private static TrustManagerFactory trust(Path pem) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(pem)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("%s holds no certificate".formatted(pem));
    }
    int number = 0;
    for (Certificate certificate : certificates) {
      trusted.setCertificateEntry("ca" + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory;
  }
}
