package ai.rails.platform.keys;

import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.platform.http.Json;
import ai.rails.platform.json.CanonicalJson;

/// What a person corrects of a frozen call: new values of some of its parameters, and the salt of
/// the call that comes of it. He and the worker apply it to the same bytes, so both get the same
/// call, and he knows its digest before anybody renders it.
///
/// It travels as JSON `{"salt32": "...", "params": {...}}`, sealed to the key of the run's workflow
/// version.
public final class CallCorrection {
  private static final int SALT_BYTES = 32;
  private static final int MEMBERS = 2;
  private static final String SALT = "salt32";
  private static final String PARAMS = "params";

  private final String salt32;
  private final ObjectNode params;

  private CallCorrection(String salt32, ObjectNode params) {
    this.salt32 = salt32;
    this.params = params;
  }

  /// @param salt 32 random bytes
  /// @param values parameter to its new value
  public static CallCorrection of(byte[] salt, Map<String, JsonNode> values) {
    if (salt.length != SALT_BYTES || values.isEmpty()) {
      throw new IllegalArgumentException("a correction has a salt of 32 bytes and a value");
    }
    ObjectNode params = JsonNodeFactory.instance.objectNode();
    values.forEach(params::set);
    return new CallCorrection(Base64.getEncoder().encodeToString(salt), params);
  }

  /// Reads what was sealed.
  ///
  /// @throws IllegalArgumentException if it is not a correction
  public static CallCorrection parse(byte[] json) {
    JsonNode tree = Json.tree(json);
    if (!tree.isObject() || tree.size() != MEMBERS || !tree.path(PARAMS).isObject()) {
      throw new IllegalArgumentException("a correction has salt32 and params, and nothing else");
    }
    String salt = tree.path(SALT).asText();
    if (Base64.getDecoder().decode(salt).length != SALT_BYTES || tree.path(PARAMS).isEmpty()) {
      throw new IllegalArgumentException("a correction has a salt of 32 bytes and a value");
    }
    return new CallCorrection(salt, object(tree.path(PARAMS)));
  }

  /// Names of the parameters, sorted.
  public Set<String> fields() {
    Set<String> fields = new TreeSet<>();
    params.fieldNames().forEachRemaining(fields::add);
    return fields;
  }

  /// What is to be sealed.
  public byte[] bytes() {
    return CanonicalJson.bytes(Map.of(SALT, salt32, PARAMS, params));
  }

  /// The corrected call: canonical JSON of the frozen one with the new values and the new salt.
  ///
  /// @param frozen bytes of the call that is corrected
  /// @throws IllegalArgumentException if that call lacks one of the parameters
  public byte[] appliedTo(byte[] frozen) {
    ObjectNode call = object(Json.tree(frozen));
    ObjectNode corrected = object(call.path(PARAMS));
    for (String field : fields()) {
      if (!corrected.has(field)) {
        throw new IllegalArgumentException("the call has no parameter " + field);
      }
      corrected.set(field, params.get(field));
    }
    call.put(SALT, salt32);
    return CanonicalJson.bytes(call);
  }

  /// The name of a call's bytes: `sha256:` and 64 hex digits.
  public static String digest(byte[] call) {
    return "sha256:" + CanonicalJson.sha256(call);
  }

  /// What a sealed correction is bound to: it opens for this gate, of this call into that one only.
  public static String info(
      String tenant, String run, String gate, String callDigest, String correctedDigest) {
    return "airails|1|correction|%s|%s|%s|%s|%s"
        .formatted(tenant, run, gate, callDigest, correctedDigest);
  }

  private static ObjectNode object(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  @Override
  public String toString() {
    return "CallCorrection[" + fields() + ", values hidden]";
  }
}
