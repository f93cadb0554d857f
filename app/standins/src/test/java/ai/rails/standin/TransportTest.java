package ai.rails.standin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TransportTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path folder;

  @Test
  void servesTlsToWhoeverTrustsItsKey()
      throws IOException, GeneralSecurityException, InterruptedException {
    // Given
    Transport.Tls tls = new Transport.Tls(context(true));
    Service service =
        new Service() {
          @Override
          public Response answer(Request request) {
            return Response.json(200, Json.object().put("ok", true));
          }

          @Override
          public Response refuse(Fault.Refusal refusal) {
            return Response.empty(500);
          }
        };
    Callback callback = new Callback(Map.of(), "{}");
    try (Journal journal = Journal.open(folder.resolve("journal.jsonl"), new MovableClock());
        LocalServer server = LocalServer.start(tls, 0, service, journal, new Faults());
        var trusting = tls.client();
        var stranger = new Transport.Tls(context(false)).client()) {
      URI uri = URI.create("https://localhost:" + server.port() + "/any");
      // When
      Callback.Receipt receipt = callback.deliver(trusting, uri);
      // Then
      assertThat(receipt).isEqualTo(new Callback.Receipt(200, "{\"ok\":true}"));
      assertThatThrownBy(() -> callback.deliver(stranger, uri))
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  private SSLContext context(boolean trustsItself)
      throws IOException, GeneralSecurityException, InterruptedException {
    KeyStore keys = keys();
    KeyManagerFactory keyManagers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    Certificate certificate = keys.getCertificate("standin");
    if (trustsItself) {
      trusted.setCertificateEntry("standin", certificate);
    }
    TrustManagerFactory trustManagers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  private KeyStore keys() throws IOException, GeneralSecurityException, InterruptedException {
    Path file = folder.resolve("keys.p12");
    if (!Files.exists(file)) {
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "standin",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "san=dns:localhost",
                  "-keystore",
                  file.toString(),
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  new String(PASSWORD))
              .inheritIO()
              .start();
      assertThat(keytool.waitFor()).isZero();
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }
}
