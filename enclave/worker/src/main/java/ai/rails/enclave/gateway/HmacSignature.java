package ai.rails.enclave.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.connector.Auth;
import ai.rails.connector.Auth.Signature;
import ai.rails.connector.Auth.Spelling;
import ai.rails.connector.Template;

/// A MAC over parts of the request, in the order and the headers that a manifest says.
final class HmacSignature {
  private final Signature rules;
  private final String secret;
  private final Map<String, String> identifiers;

  HmacSignature(Signature rules, String secret, Map<String, String> identifiers) {
    this.rules = rules;
    this.secret = secret;
    this.identifiers = Map.copyOf(identifiers);
  }

  /// @throws IllegalArgumentException if the secret is not written as the manifest says
  static byte[] key(Auth.Signature rules, String secret) {
    return switch (rules.key().orElse(Spelling.TEXT)) {
      case TEXT -> secret.getBytes(StandardCharsets.UTF_8);
      case HEX -> HexFormat.of().parseHex(secret);
      case BASE64 -> Base64.getDecoder().decode(secret);
    };
  }

  Outbound sign(Outbound request, Instant at) {
    ObjectNode scope = JsonNodeFactory.instance.objectNode();
    identifiers.forEach(scope::put);
    scope
        .put("timestamp", Long.toString(at.getEpochSecond()))
        .put("method", request.method())
        .put("host", request.authority())
        .put("target", request.target())
        .put("body", new String(request.body(), StandardCharsets.UTF_8))
        .put("bodySha256", Macs.sha256(request.body()));
    byte[] mac = Macs.hmac(key(rules, secret), Template.text(rules.content().orElseThrow(), scope));
    scope.put(
        "mac",
        rules.encoding().equals(Optional.of(Spelling.BASE64))
            ? Base64.getEncoder().encodeToString(mac)
            : Macs.hex(mac));
    rules.headers().forEach((name, value) -> request.header(name, Template.text(value, scope)));
    return request;
  }
}
