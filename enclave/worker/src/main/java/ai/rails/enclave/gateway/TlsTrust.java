package ai.rails.enclave.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/// Whom the gateway believes to be who they say they are.
public final class TlsTrust {
  private final SSLContext context;

  private TlsTrust(SSLContext context) {
    this.context = context;
  }

  /// The authorities that the JDK knows.
  public static TlsTrust system() throws GeneralSecurityException {
    return of((KeyStore) null);
  }

  /// Exactly the authorities in a PEM file and no other.
  ///
  /// @throws GeneralSecurityException if the file holds no certificate
  public static TlsTrust of(Path pem) throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      Collection<? extends Certificate> authorities =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (authorities.isEmpty()) {
        throw new GeneralSecurityException("no certificate in " + pem);
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (Certificate each : authorities) {
        store.setCertificateEntry("ca-" + store.size(), each);
      }
      return of(store);
    }
  }

  private static TlsTrust of(@Nullable KeyStore authorities) throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return new TlsTrust(context);
  }

  SSLContext context() {
    return context;
  }
}
