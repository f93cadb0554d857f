package ai.rails.app.embedded;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// Keys and certificates as `<name>.p12`, `<name>.pem` and `<name>.key.pem` in one directory.
record TlsFiles(Path directory, String password) {
  /// A private key with its certificate first and the issuers after it.
  record Identity(PrivateKey key, List<X509Certificate> chain) {
    Identity {
      chain = List.copyOf(chain);
    }
  }

  Path certificate(String name) {
    return directory.resolve(name + ".pem");
  }

  Path key(String name) {
    return directory.resolve(name + ".key.pem");
  }

  Path store(String name) {
    return directory.resolve(name + ".p12");
  }

  Path trustStore() {
    return directory.resolve("trust.p12");
  }

  Optional<Identity> read(String name) throws GeneralSecurityException, IOException {
    if (!Files.exists(store(name))) {
      return Optional.empty();
    }
    KeyStore store = empty();
    store.load(new ByteArrayInputStream(Files.readAllBytes(store(name))), password.toCharArray());
    var chain = new ArrayList<X509Certificate>();
    for (Certificate certificate : store.getCertificateChain(name)) {
      chain.add((X509Certificate) certificate);
    }
    return Optional.of(
        new Identity((PrivateKey) store.getKey(name, password.toCharArray()), chain));
  }

  /// The store last: whoever finds it finds the PEM files too.
  void write(String name, Identity identity) throws GeneralSecurityException, IOException {
    var certificates = new StringBuilder();
    for (X509Certificate certificate : identity.chain()) {
      certificates.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    PrivateFile.write(certificate(name), certificates.toString());
    PrivateFile.write(key(name), pem("PRIVATE KEY", identity.key().getEncoded()));
    KeyStore store = empty();
    store.setKeyEntry(
        name, identity.key(), password.toCharArray(), identity.chain().toArray(Certificate[]::new));
    PrivateFile.write(store(name), bytes(store));
  }

  void writeTrust(X509Certificate authority) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    store.setCertificateEntry("ca", authority);
    PrivateFile.write(trustStore(), bytes(store));
  }

  private byte[] bytes(KeyStore store) throws GeneralSecurityException, IOException {
    var bytes = new ByteArrayOutputStream();
    store.store(bytes, password.toCharArray());
    return bytes.toByteArray();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static String pem(String label, byte[] der) {
    String lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, lines);
  }
}
