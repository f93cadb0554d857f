package ai.rails.enclave.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The worker's end of mutual TLS: its certificate, and the one authority it trusts. The system's
/// trust store plays no part.
final class ClientTls {
  private ClientTls() {}

  /// @param identity PKCS#12 with the worker's key and certificate
  /// @param authority PEM with the control plane's certificate authority
  /// @throws IOException naming the file that does not load
  static SSLContext context(Path identity, char[] password, Path authority) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          keys(identity, password).getKeyManagers(), trust(authority).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "no TLS from %s and %s: %s".formatted(identity, authority, e.getMessage()), e);
    }
  }

  private static KeyManagerFactory keys(Path identity, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(identity)) {
      store.load(in, password);
    }
    KeyManagerFactory keys =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    return keys;
  }

  private static TrustManagerFactory trust(Path authority)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      int index = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + index++, certificate);
      }
      if (index == 0) {
        throw new IOException(authority + " holds no certificate");
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust;
  }
}
