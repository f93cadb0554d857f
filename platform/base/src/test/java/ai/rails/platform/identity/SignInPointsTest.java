package ai.rails.platform.identity;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import ai.rails.platform.config.Settings;

import static org.assertj.core.api.Assertions.assertThat;

/// Where the console sends people, and what a provider can not make of it.
class SignInPointsTest {
  private static final String ISSUER = "https://login.acme.example";
  private final AtomicLong nanos = new AtomicLong();
  private final Map<String, Object> said =
      new HashMap<>(
          Map.of(
              "issuer",
              ISSUER,
              "authorization_endpoint",
              ISSUER + "/authorize",
              "token_endpoint",
              "https://tokens.acme.example/token",
              "authorization_response_iss_parameter_supported",
              true));
  private int asked;
  private boolean down;
  private final SignInPoints points =
      new SignInPoints(
          IdentityProvider.all(
              Settings.of(
                  Map.of(
                      "identity.acme.issuer", ISSUER,
                      "identity.acme.tenant", "t-acme",
                      "identity.acme.client", "console",
                      "identity.machines.issuer", "https://machines.example",
                      "identity.machines.tenant", "t-acme"))),
          this::fetch,
          nanos::get);

  @Test
  void aProviderWithAClientIsAPlaceToSignInAndIsAskedSeldom() {
    assertThat(points.all())
        .singleElement()
        .satisfies(point -> {
          assertThat(point.provider().name()).isEqualTo("acme");
          assertThat(point.provider().scope()).isEqualTo("openid offline_access");
          assertThat(point.authorization()).isEqualTo(URI.create(ISSUER + "/authorize"));
          assertThat(point.token()).isEqualTo(URI.create("https://tokens.acme.example/token"));
          assertThat(point.namesItself()).isTrue();
        });
    points.all();
    assertThat(asked).isEqualTo(1);
    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    down = true;
    assertThat(points.all()).as("what was known stays").hasSize(1);
    points.all();
    assertThat(asked).as("once a minute after a failure").isEqualTo(2);
  }

  @Test
  void anotherIssuersDescriptionAndAnUnprotectedEndpointAreNoPlace() {
    for (Map.Entry<String, Object> wrong :
        List.<Map.Entry<String, Object>>of(
            Map.entry("issuer", "https://evil.example"),
            Map.entry("token_endpoint", "http://tokens.acme.example/token"),
            Map.entry("authorization_endpoint", "javascript:alert(1)"),
            Map.entry("token_endpoint", ""))) {
      Object right = said.put(wrong.getKey(), wrong.getValue());
      nanos.addAndGet(Duration.ofMinutes(2).toNanos());
      assertThat(points.all()).as(wrong.toString()).isEmpty();
      said.put(wrong.getKey(), right);
    }
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(points.all()).hasSize(1);
  }

  private JsonNode fetch(URI address) throws IOException {
    asked++;
    if (down) {
      throw new IOException("down");
    }
    assertThat(address).isEqualTo(URI.create(ISSUER + "/.well-known/openid-configuration"));
    return new ObjectMapper().valueToTree(said);
  }
}
