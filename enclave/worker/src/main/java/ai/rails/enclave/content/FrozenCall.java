package ai.rails.enclave.content;

import java.io.IOException;
import java.util.Base64;
import java.util.random.RandomGenerator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.platform.json.CanonicalJson;

/// A call that is frozen once: its bytes are the canonical JSON of `{tool, action, connectorDigest,
/// instance, host, params, salt32}` and its digest is their SHA-256.
///
/// What was approved, intended, sent and kept as evidence are these bytes. They are sealed content;
/// the salt keeps the digest from revealing parameters that could be guessed. Immutable.
public final class FrozenCall {
  private static final int SALT_BYTES = 32;
  private static final int MEMBERS = 7;

  private final byte[] bytes;
  private final String digest;
  private final ObjectNode json;

  private FrozenCall(byte[] bytes, ObjectNode json) {
    this.bytes = bytes;
    this.digest = Digests.named(bytes);
    this.json = json;
  }

  /// What a call is aimed at.
  ///
  /// @param tool the connector's name, for example `servicenow`
  public record Target(
      String tool, String action, String connectorDigest, String instance, String host) {}

  /// Freezes a call under a fresh salt.
  ///
  /// @throws ContentRefused with CONTENT_MALFORMED if the parameters have no canonical form
  public static FrozenCall freeze(Target target, JsonNode params, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    ObjectNode json = ContentJson.MAPPER.createObjectNode();
    json.put("tool", target.tool())
        .put("action", target.action())
        .put("connectorDigest", target.connectorDigest())
        .put("instance", target.instance())
        .put("host", target.host())
        .put("salt32", Base64.getEncoder().encodeToString(salt))
        .set("params", params.deepCopy());
    try {
      return new FrozenCall(CanonicalJson.bytes(json), json);
    } catch (IllegalArgumentException e) {
      throw new ContentRefused(
          Code.CONTENT_MALFORMED, "a parameter has no canonical form: " + e.getMessage());
    }
  }

  /// Takes a frozen call back as it was; it is never built again.
  ///
  /// @throws ContentRefused with FROZEN_CALL_DIFFERS if the bytes are not those of the digest
  public static FrozenCall thaw(byte[] bytes, String digest) {
    if (!Digests.same(Digests.named(bytes), digest)) {
      throw new ContentRefused(
          Code.FROZEN_CALL_DIFFERS, "the frozen call is not the one named by " + digest);
    }
    try {
      if (ContentJson.MAPPER.readTree(bytes) instanceof ObjectNode json
          && json.size() == MEMBERS
          && json.path("params").isObject()) {
        return new FrozenCall(bytes.clone(), json);
      }
    } catch (IOException e) {
      throw new ContentRefused(
          Code.FROZEN_CALL_DIFFERS, "the frozen call is not JSON: " + e.getClass().getName());
    }
    throw new ContentRefused(
        Code.FROZEN_CALL_DIFFERS, "the frozen call lacks a member or has one too many");
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /// `sha256:` and 64 hex digits.
  public String digest() {
    return digest;
  }

  public Target target() {
    return new Target(
        text("tool"), text("action"), text("connectorDigest"), text("instance"), text("host"));
  }

  /// A copy of the parameters, a JSON object.
  public JsonNode params() {
    return json.path("params").deepCopy();
  }

  private String text(String member) {
    return json.path(member).asText();
  }

  @Override
  public String toString() {
    return "FrozenCall[" + digest + "]";
  }
}
