package ai.rails.domain.connector;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.SealedRef;
import ai.rails.domain.connector.ConnectorInstanceCommand.CreateConnectorInstance;
import ai.rails.domain.connector.ConnectorInstanceCommand.NoteBreaker;
import ai.rails.domain.connector.ConnectorInstanceCommand.NoteRevocation;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreCredential;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreWebhookSecret;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerState;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorRevoked;
import ai.rails.domain.connector.ConnectorInstanceEvent.CredentialStored;
import ai.rails.domain.connector.ConnectorInstanceEvent.Part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConnectorInstanceRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String DIGEST = "sha256:" + "a".repeat(64);
  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final SealedRef CREDENTIAL = new SealedRef("credential/1", "b".repeat(64), 60);

  private final ConnectorInstanceRules rules = new ConnectorInstanceRules();

  @Test
  void instanceKeepsConnectorAndHost() {
    ConnectorInstance created = created();
    assertThat(rules.decide(created, create("snow.example"), NOON)).isEmpty();
    assertThatThrownBy(() -> rules.decide(created, create("else.example"), NOON))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.code()).isEqualTo(Code.ALREADY_EXISTS));
  }

  @Test
  void revocationIsToldOnceAndTheInstanceTakesNothingMore() {
    ConnectorInstance created = created();
    var revoke = new NoteRevocation("t1", "snow", DIGEST);
    assertThat(rules.decide(created, revoke, NOON))
        .containsExactly(new ConnectorRevoked("snow", "servicenow", DIGEST));

    ConnectorInstance revoked =
        rules.evolve(created, new ConnectorRevoked("snow", "servicenow", DIGEST));
    assertThat(rules.decide(revoked, revoke, NOON)).isEmpty();
    assertThatThrownBy(() -> rules.decide(revoked, create("snow.example"), NOON))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.code()).isEqualTo(Code.CONNECTOR_REVOKED));
    var another = new NoteRevocation("t1", "snow", "sha256:" + "b".repeat(64));
    assertThat(rules.decide(created, another, NOON)).as("of another version").isEmpty();
  }

  @Test
  void settingsAndWebhookSecretMayBeReplacedAndThatIsSaid() {
    List<ConnectorInstanceEvent> first =
        rules.decide(rules.initial(), create("snow.example"), NOON);
    assertThat(first.getLast()).isEqualTo(new ConnectorInstanceChanged("snow", Part.SETTINGS, ONE));

    var other =
        new CreateConnectorInstance(
            "t1", "snow", "servicenow", DIGEST, "snow.example", 443, TWO, Optional.empty());
    assertThat(rules.decide(created(), other, NOON))
        .containsExactly(new ConnectorInstanceChanged("snow", Part.SETTINGS, TWO));

    var secret = new StoreWebhookSecret("t1", "snow", TWO);
    assertThat(rules.decide(created(), secret, NOON))
        .containsExactly(new ConnectorInstanceChanged("snow", Part.WEBHOOK_SECRET, TWO));
    assertThatThrownBy(() -> rules.decide(rules.initial(), secret, NOON))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void credentialNeedsAnInstanceAndIsStoredOnce() {
    var store = new StoreCredential("t1", "snow", CREDENTIAL);
    assertThatThrownBy(() -> rules.decide(rules.initial(), store, NOON))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    List<ConnectorInstanceEvent> stored = rules.decide(created(), store, NOON);
    assertThat(stored).containsExactly(new CredentialStored("snow", CREDENTIAL));
    assertThat(rules.decide(rules.evolve(created(), stored.getFirst()), store, NOON)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.1",
        "2130706433",
        "127.1",
        "[::1]",
        "::1",
        "Snow.example",
        "snow.example.",
        "snow..example",
        "-a.example",
        "a_b.example",
        "snow.example/x",
        "u@snow.example",
        "0x7f.1"
      })
  void hostIsADnsNameAndNothingElse(String host) {
    assertThatThrownBy(() -> rules.decide(rules.initial(), create(host), NOON))
        .isInstanceOf(Refused.class);
  }

  @Test
  void breakerIsToldOnceForEachOpeningAndClosing() {
    var opens = new NoteBreaker("t1", "snow", BreakerState.OPEN, "HTTP_503", 5, 1);
    var closes = new NoteBreaker("t1", "snow", BreakerState.CLOSED, "", 0, 1);
    ConnectorInstance open =
        rules.evolve(created(), rules.decide(created(), opens, NOON).getFirst());
    ConnectorInstance closed = rules.evolve(open, rules.decide(open, closes, NOON).getFirst());

    assertThat(rules.decide(open, opens, NOON)).isEmpty();
    assertThat(rules.decide(closed, closes, NOON)).isEmpty();
    assertThat(rules.decide(closed, opens, NOON)).as("news that came late").isEmpty();
    assertThat(rules.decide(created(), closes, NOON)).as("an opening nobody told of").hasSize(1);
  }

  private ConnectorInstance created() {
    ConnectorInstance instance = rules.initial();
    for (ConnectorInstanceEvent event : rules.decide(instance, create("snow.example"), NOON)) {
      instance = rules.evolve(instance, event);
    }
    return instance;
  }

  private static CreateConnectorInstance create(String host) {
    return new CreateConnectorInstance(
        "t1", "snow", "servicenow", DIGEST, host, 443, ONE, Optional.empty());
  }
}
