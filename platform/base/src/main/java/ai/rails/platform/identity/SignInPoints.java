package ai.rails.platform.identity;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import com.fasterxml.jackson.databind.JsonNode;

/// Where a person signs in at each registered provider, as the provider itself describes it (OpenID
/// Connect Discovery 1.0). Asked for anew after ten minutes, and after a failure once a minute at
/// most; what was known stays. Safe for use by several threads.
public final class SignInPoints {
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration AT_MOST_EACH = Duration.ofMinutes(1);

  private final List<IdentityProvider> providers;
  private final Fetch fetch;
  private final LongSupplier nanoTime;
  private final Map<String, Known> known = new HashMap<>();

  /// @param authorization endpoint
  /// @param token endpoint
  /// @param namesItself whether every answer says its issuer (RFC 9207), which is then required
  public record Point(
      IdentityProvider provider, URI authorization, URI token, boolean namesItself) {}

  private record Known(Optional<Point> point, long at, boolean failed) {}

  /// @param providers those without a client are left out: nobody signs in there on a page
  public SignInPoints(List<IdentityProvider> providers, Fetch fetch, LongSupplier nanoTime) {
    this.providers = providers.stream().filter(provider -> !provider.client().isEmpty()).toList();
    this.fetch = fetch;
    this.nanoTime = nanoTime;
  }

  /// The points that are known now, in the order of registration.
  public synchronized List<Point> all() {
    return providers.stream().map(this::of).flatMap(Optional::stream).toList();
  }

  private Optional<Point> of(IdentityProvider provider) {
    Known now = known.get(provider.name());
    if (now == null || age(now) >= (now.failed() ? AT_MOST_EACH : FRESH).toNanos()) {
      Optional<Point> last = now == null ? Optional.empty() : now.point();
      now = asked(provider, last);
      known.put(provider.name(), now);
    }
    return now.point();
  }

  private long age(Known of) {
    return nanoTime.getAsLong() - of.at();
  }

  private Known asked(IdentityProvider provider, Optional<Point> last) {
    try {
      JsonNode description = fetch.json(provider.discovery());
      if (!description.path("issuer").asText().equals(provider.issuer())) {
        throw new IOException("another issuer's description");
      }
      Point point =
          new Point(
              provider,
              secure(description.path("authorization_endpoint").asText()),
              secure(description.path("token_endpoint").asText()),
              description.path("authorization_response_iss_parameter_supported").asBoolean(false));
      return new Known(Optional.of(point), nanoTime.getAsLong(), false);
    } catch (IOException | IllegalArgumentException e) {
      return new Known(last, nanoTime.getAsLong(), true);
    }
  }

  /// Codes and tokens go there, so nobody may listen on the way.
  private static URI secure(String address) throws IOException {
    URI uri = URI.create(address);
    boolean loopback = List.of("127.0.0.1", "localhost").contains(String.valueOf(uri.getHost()));
    if (!"https".equals(uri.getScheme()) && !("http".equals(uri.getScheme()) && loopback)) {
      throw new IOException("not an https address");
    }
    return uri;
  }
}
