package ai.rails.enclave.worker;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

import com.fasterxml.jackson.core.type.TypeReference;

import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.enclave.release.Released;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// Opens a connector instance's credential, for one call and no longer.
final class Credentials {
  private static final TypeReference<Map<String, String>> MEMBERS = new TypeReference<>() {};

  private final Keys keys;

  Credentials(Keys keys) {
    this.keys = keys;
  }

  /// @return its members, none if the instance has no credential
  /// @throws ContentRefused with CONTENT_NOT_OPENED if it was sealed to another instance
  Map<String, String> of(String tenant, Instance instance) {
    if (instance.credential().isEmpty()) {
      return Map.of();
    }
    byte[] plain = open(tenant, instance, instance.credential().get());
    try {
      return Map.copyOf(ContentJson.MAPPER.readValue(plain, MEMBERS));
    } catch (IOException e) {
      throw new ContentRefused(
          Code.CONTENT_MALFORMED,
          "the credential of %s is no JSON object of strings; store it again"
              .formatted(instance.instance()));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private byte[] open(String tenant, Instance instance, String credential) {
    try {
      return keys.current()
          .open(
              instance.instance(),
              Base64.getDecoder().decode(credential),
              Released.credentialOf(tenant, instance.instance()));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ContentRefused(
          Code.CONTENT_NOT_OPENED,
          "the credential of %s does not open; store it again".formatted(instance.instance()),
          e);
    }
  }
}
