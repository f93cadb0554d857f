package ai.rails.platform.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import ai.rails.platform.http.Json;

/// A provider's public keys: asked for anew after ten minutes, and once a minute at most when a
/// token names a key that is not known, so that a rotated key is taken in at once and a forger can
/// not make us ask without end. Keys that could not be renewed are good for an hour; then nobody
/// gets in. Safe for use by several threads.
final class ProviderKeys {
  static final Duration FRESH = Duration.ofMinutes(10);
  static final Duration AT_MOST_EACH = Duration.ofMinutes(1);
  static final Duration STALE = Duration.ofHours(1);

  private static final int MAX_KEYS = 64;
  private static final Map<String, String> CURVES = Map.of("P-256", "ES256");
  private static final Set<String> ALLOWED = Set.of("ES256", "PS256", "RS256");

  private final IdentityProvider provider;
  private final Fetch fetch;
  private final LongSupplier nanoTime;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Known known;
  private long askedAt;
  private boolean asked;

  /// @param kids of the keys
  /// @param at monotonic nanoseconds
  private record Known(String jwks, Set<String> kids, long at) {}

  ProviderKeys(IdentityProvider provider, Fetch fetch, LongSupplier nanoTime) {
    this.provider = provider;
    this.fetch = fetch;
    this.nanoTime = nanoTime;
  }

  /// The keys, as a JSON Web Key Set of allowed signature keys only.
  ///
  /// @param kid that a token names
  /// @throws GeneralSecurityException if there are none that may be used
  String jwks(String kid) throws GeneralSecurityException {
    Known now = known;
    boolean fresh = now != null && age(now.at()) < FRESH.toNanos();
    if (now == null || !fresh || (!kid.isEmpty() && !now.kids().contains(kid))) {
      now = renewed();
    }
    if (now == null || age(now.at()) > STALE.toNanos()) {
      throw new GeneralSecurityException("no usable keys of provider " + provider.name());
    }
    return now.jwks();
  }

  private @Nullable Known renewed() {
    asking.lock();
    try {
      if (!asked || age(askedAt) >= AT_MOST_EACH.toNanos()) {
        asked = true;
        askedAt = nanoTime.getAsLong();
        read().ifPresent(read -> known = read);
      }
      return known;
    } finally {
      asking.unlock();
    }
  }

  private long age(long at) {
    return nanoTime.getAsLong() - at;
  }

  private Optional<Known> read() {
    try {
      JsonNode description = fetch.json(provider.discovery());
      if (!description.path("issuer").asText().equals(provider.issuer())) {
        return Optional.empty();
      }
      JsonNode keys = fetch.json(java.net.URI.create(description.path("jwks_uri").asText()));
      return Optional.of(known(keys.path("keys")));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Known known(JsonNode keys) throws IOException {
    ObjectNode set = new ObjectMapper().createObjectNode();
    ArrayNode kept = set.putArray("keys");
    Set<String> kids = new HashSet<>();
    if (keys.size() > MAX_KEYS) {
      throw new IOException("a provider with more than %s keys".formatted(MAX_KEYS));
    }
    for (JsonNode key : keys) {
      Optional<ObjectNode> one = signatureKey(key);
      if (one.isPresent() && kids.add(one.get().path("kid").asText())) {
        kept.add(one.get());
      }
    }
    return new Known(
        new String(Json.write(set), StandardCharsets.UTF_8), kids, nanoTime.getAsLong());
  }

  /// Only what verifies one allowed signature, and nothing that it says beyond that: certificates
  /// and addresses of certificates are not looked at.
  private static Optional<ObjectNode> signatureKey(JsonNode key) {
    String kind = key.path("kty").asText();
    String usual = kind.equals("RSA") ? "RS256" : CURVES.getOrDefault(key.path("crv").asText(), "");
    String algorithm = key.path("alg").asText(usual);
    boolean fits = kind.equals("RSA") ? algorithm.matches("[RP]S256") : algorithm.equals(usual);
    boolean signs = key.path("use").asText("sig").equals("sig");
    String kid = key.path("kid").asText();
    if (!fits || !signs || !ALLOWED.contains(algorithm) || kid.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode kept = new ObjectMapper().createObjectNode();
    for (String member : java.util.List.of("kty", "crv", "x", "y", "n", "e", "kid")) {
      if (key.path(member).isTextual()) {
        kept.put(member, key.path(member).asText());
      }
    }
    return Optional.of(kept.put("alg", algorithm).put("use", "sig"));
  }
}
