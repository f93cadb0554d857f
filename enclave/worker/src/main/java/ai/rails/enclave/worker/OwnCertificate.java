package ai.rails.enclave.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The certificate that this process shows, and those that it believes.
public final class OwnCertificate {
  private OwnCertificate() {}

  /// A key and its certificates, its own first.
  public record Entry(PrivateKey key, List<X509Certificate> chain) {
    public Entry {
      chain = List.copyOf(chain);
    }
  }

  /// @return the certificate of the file's one key
  static Optional<X509Certificate> read(Path pkcs12, String password)
      throws IOException, GeneralSecurityException {
    return entry(pkcs12, password).map(entry -> entry.chain().getFirst());
  }

  /// @return the file's one key
  public static Optional<Entry> entry(Path pkcs12, String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(pkcs12)) {
      store.load(in, password.toCharArray());
    }
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)
          && store.getKey(alias, password.toCharArray()) instanceof PrivateKey key) {
        List<X509Certificate> chain =
            Arrays.stream(store.getCertificateChain(alias))
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast)
                .toList();
        return chain.isEmpty() ? Optional.empty() : Optional.of(new Entry(key, chain));
      }
    }
    return Optional.empty();
  }

  /// The certificates of a PEM file.
  ///
  /// @throws IllegalArgumentException if it holds none
  static List<X509Certificate> authorities(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .filter(X509Certificate.class::isInstance)
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException("%s holds no certificate".formatted(pem));
      }
      return found;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("%s holds no certificates".formatted(pem), e);
    }
  }
}
