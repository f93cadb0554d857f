package ai.rails.connector;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PublishedConnectorsTest {
  @TempDir private Path folder;
  private KeyPair key;
  private PublishedConnectors published;

  @BeforeEach
  void trustAPublisher() throws Exception {
    key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    published = new PublishedConnectors(folder);
    published.trust("k1", ManifestSignature.raw(key.getPublic()));
  }

  @Test
  void whatWasSignedAndPublishedIsThereBesideTheBuildsOwn() throws Exception {
    Connector connector = published.publish(signed(manifest("acme")));

    Connectors all = published.load();

    assertThat(all.byDigest(connector.digest())).isPresent();
    assertThat(all.named("servicenow", "1.0.0")).isPresent();
  }

  @Test
  void unsignedAndForeignSignaturesAreRefused() throws Exception {
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] foreign = ManifestSignature.sign(manifest("acme"), "k1", other.getPrivate());
    byte[] unknown = ManifestSignature.sign(manifest("acme"), "k2", key.getPrivate());

    assertThatThrownBy(() -> published.publish(manifest("acme")))
        .hasMessageContaining("not signed");
    assertThatThrownBy(() -> published.publish(foreign)).hasMessageContaining("not over these");
    assertThatThrownBy(() -> published.publish(unknown)).hasMessageContaining("no publisher");
  }

  @Test
  void aTouchedManifestIsRefusedAtTheNextLoad() throws Exception {
    published.publish(signed(manifest("acme")));
    Path file = folder.resolve("acme-1.0.0.json");
    Files.writeString(
        file, Files.readString(file).replace("\"title\" : \"A\"", "\"title\" : \"B\""));

    assertThatThrownBy(published::load).hasMessageContaining("acme-1.0.0.json is refused");
  }

  @Test
  void anotherDefinitionUnderTheSameVersionHasDrifted() throws Exception {
    published.publish(signed(manifest("acme")));
    byte[] drifted =
        signed(
            new String(manifest("acme"), StandardCharsets.UTF_8)
                .replace("\"class\":\"U\"", "\"class\":\"K\"")
                .getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> published.publish(drifted)).hasMessageContaining("drifted");
    Files.write(folder.resolve("acme-1.0.0.json"), drifted);
    assertThatThrownBy(published::load).hasMessageContaining("drifted");
  }

  @Test
  void aBuiltInConnectorCanNotBeReplacedButRevoked() throws Exception {
    Connector servicenow = Connectors.builtIn().named("servicenow", "1.0.0").orElseThrow();
    byte[] other = signed(manifest("servicenow"));

    assertThatThrownBy(() -> published.publish(other)).hasMessageContaining("drifted");
    published.revoke(servicenow.digest());
    assertThat(published.load().byDigest(servicenow.digest())).isEmpty();
    assertThat(published.load().named("slack", "1.0.0")).isPresent();
  }

  @Test
  void aRevocationHoldsInProcessesThatRunAlready() throws Exception {
    Connector connector = published.publish(signed(manifest("acme")));
    Connectors running = published.load();
    assertThat(running.byDigest(connector.digest())).isPresent();

    new PublishedConnectors(folder).revoke(connector.digest());

    assertThat(running.isRevoked(connector.digest())).isTrue();
    assertThat(running.byDigest(connector.digest())).isEmpty();
    assertThat(running.named("acme", "1.0.0")).isEmpty();
    assertThat(running.all()).extracting(Connector::name).doesNotContain("acme");
    assertThat(running.named("servicenow", "1.0.0")).isPresent();
  }

  private byte[] signed(byte[] manifest) throws Exception {
    return ManifestSignature.sign(manifest, "k1", key.getPrivate());
  }

  private static byte[] manifest(String name) {
    return """
    {"connector":"%s","version":"1.0.0","title":"A",
     "hosts":{"exact":["acme.example.org"],"suffixes":[],"ports":[443]},
     "actions":{"get":{"title":"Read","effect":"read","risk":"r0","class":"U",
      "parameters":{"type":"object","additionalProperties":false,"properties":{}},
      "result":{"type":"object"},"limits":{"seconds":5,"maxUp":1000,"maxDown":1000},
      "requests":[{"id":"read","method":"GET","path":"/x","expect":[200]}]}}}
    """
        .formatted(name)
        .replaceAll("\\n\\s*", "")
        .getBytes(StandardCharsets.UTF_8);
  }
}
