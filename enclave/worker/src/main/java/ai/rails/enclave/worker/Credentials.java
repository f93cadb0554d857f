package ai.rails.enclave.worker;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.core.type.TypeReference;

import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.enclave.content.Digests;
import ai.rails.enclave.release.Released;
import ai.rails.platform.http.Json;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// Opens connector instances' credentials, and seals what takes their place.
final class Credentials {
  private static final TypeReference<Map<String, String>> MEMBERS = new TypeReference<>() {};

  /// Beside the members that a manifest names, whose names have no dot.
  private static final String ACCESS_TOKEN = "airails.access_token";

  private static final String ACCESS_UNTIL = "airails.access_until";

  private final Keys keys;

  Credentials(Keys keys) {
    this.keys = keys;
  }

  /// @param sealed base64
  /// @param members those that the manifest names
  /// @param access what was granted for them, where it is kept
  record Opened(String sealed, Map<String, String> members, Optional<Access> access) {
    Opened {
      members = Map.copyOf(members);
    }

    /// Names the ciphertext: 64 lower-case hex digits.
    String sha256() {
      return HexFormat.of().formatHex(Digests.sha256(Base64.getDecoder().decode(sealed)));
    }

    @Override
    public String toString() {
      return "Opened[hidden]";
    }
  }

  /// An access token, and until when a call may begin with it.
  record Access(String token, Instant until) {
    @Override
    public String toString() {
      return "Access[hidden until %s]".formatted(until);
    }
  }

  /// @param sealed base64
  /// @throws ContentRefused with CONTENT_NOT_OPENED if it was sealed to another instance
  Opened open(String tenant, Instance instance, String sealed) {
    byte[] plain = plain(tenant, instance, sealed);
    try {
      Map<String, String> members = new HashMap<>(ContentJson.MAPPER.readValue(plain, MEMBERS));
      String token = members.remove(ACCESS_TOKEN);
      String until = members.remove(ACCESS_UNTIL);
      return new Opened(
          sealed,
          members,
          token == null || until == null
              ? Optional.empty()
              : Optional.of(new Access(token, Instant.parse(until))));
    } catch (IOException | DateTimeParseException e) {
      throw new ContentRefused(
          Code.CONTENT_MALFORMED,
          "the credential of %s is no JSON object of strings; store it again"
              .formatted(instance.instance()));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private byte[] plain(String tenant, Instance instance, String sealed) {
    try {
      return keys.current()
          .open(
              instance.instance(),
              Base64.getDecoder().decode(sealed),
              Released.credentialOf(tenant, instance.instance()));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ContentRefused(
          Code.CONTENT_NOT_OPENED,
          "the credential of %s does not open; store it again".formatted(instance.instance()),
          e);
    }
  }

  /// Seals a credential as a client would.
  Opened sealed(String tenant, Instance instance, Map<String, String> members, Access access) {
    Map<String, String> all = new TreeMap<>(members);
    all.put(ACCESS_TOKEN, access.token());
    all.put(ACCESS_UNTIL, access.until().toString());
    byte[] plain = Json.write(all);
    try {
      byte[] sealed =
          keys.last()
              .seal(instance.instance(), plain, Released.credentialOf(tenant, instance.instance()));
      return new Opened(Base64.getEncoder().encodeToString(sealed), members, Optional.of(access));
    } catch (GeneralSecurityException e) {
      throw new ContentRefused(
          Code.CONTENT_NOT_OPENED,
          "the credential of %s can not be sealed again".formatted(instance.instance()),
          e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }
}
