package ai.rails.stream.siem;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.EntryType;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;

import static org.assertj.core.api.Assertions.assertThat;

class OcsfMappingTest {
  private static final OcsfSchema SCHEMA = OcsfSchema.bundled();
  private static final OcsfMapping MAPPING = new OcsfMapping(FeedVersion.of("0.1.0"));
  private static final Feed FEED = new Feed(Samples.DOMAIN);

  static Stream<Class<?>> events() {
    return Samples.events();
  }

  @ParameterizedTest
  @MethodSource("events")
  void tellsEveryEventAsTheSchemaWantsIt(Class<?> type) {
    for (long seed = 1; seed <= 40; seed++) {
      Entry entry = Samples.plain(seed).entry(type, 7);

      for (OcsfRecord record : MAPPING.of(entry, Memory.NONE)) {
        assertThat(SCHEMA.problems(record.event()))
            .as("seed %d: %s", seed, record.event())
            .isEmpty();
        assertThat(record.event().path("metadata").path("profiles").toString())
            .doesNotContain("prompt_text");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void saysWhereInTheLedgerAnEntryStands(Class<?> type) {
    Entry entry = Samples.plain(1).entry(type, 7);

    ObjectNode event = MAPPING.of(entry, Memory.NONE).getFirst().event();

    assertThat(event.at("/metadata/uid").asText()).isEqualTo(entry.header().eventId());
    assertThat(event.at("/metadata/sequence").asLong()).isEqualTo(7);
    assertThat(event.at("/metadata/event_code").asText()).isEqualTo(entry.leaf().eventType());
    assertThat(event.at("/metadata/tenant_uid").asText()).isEqualTo("t-1");
    assertThat(event.at("/metadata/correlation_uid").asText()).isEqualTo("r-1");
    assertThat(event.at("/metadata/log_name").asText()).isEqualTo("airails.ledger");
    assertThat(event.at("/metadata/logged_time").asLong()).isEqualTo(Samples.NOON + 7);
    assertThat(event.at("/time").asLong()).isEqualTo(Samples.NOON + 6);
    assertThat(event.at("/unmapped/ledger/leaf_hash").asText()).isEqualTo(entry.leafHash());
    assertThat(event.at("/unmapped/ledger/prev").asText()).isEqualTo("ab".repeat(32));
    assertThat(event.at("/unmapped/ledger/log").asText())
        .isEqualTo("ledger.c1.airails.internal/t/t-1/w/w1/e/1");
  }

  /// Names, addresses, prompts and markup in whatever field takes a text.
  @ParameterizedTest
  @MethodSource("events")
  void letsNoCanaryOut(Class<?> type) {
    List<String> canaries =
        List.of(
            "Canary Roe said: pay 17 EUR to \"Canary Doe\"",
            "canary.roe@example.com",
            "<b>canary</b>\n\u2028",
            "canary ".repeat(9_000));
    for (String canary : canaries) {
      for (long seed = 1; seed <= 20; seed++) {
        Entry entry = Samples.of(seed, canary, "canary@example.com").entry(type, 3);

        for (OcsfRecord record : MAPPING.of(entry, Memory.NONE)) {
          var written = FEED.write(record);
          assertThat(
                  new String(written.value(), StandardCharsets.UTF_8)
                      .toLowerCase(java.util.Locale.ROOT))
              .doesNotContain("canary", "example.com", "@");
          written
              .headers()
              .forEach(header ->
                  assertThat(new String(header.value(), StandardCharsets.UTF_8))
                      .doesNotContain("anary", "@"));
          assertThat(written.value().length).isLessThan(Feed.BYTES_MAX);
          assertThat(SCHEMA.problems(record.event())).isEmpty();
        }
      }
    }
  }

  @Test
  void knowsEveryEntryType() {
    Set<EntryType> told = new HashSet<>();
    events().forEach(type -> told.add(Samples.plain(1).event(type).entryType()));

    assertThat(told).containsExactlyInAnyOrder(EntryType.values());
  }

  @Test
  void raisesAFindingBesideARefusedKey() {
    List<OcsfRecord> records =
        MAPPING.of(Samples.plain(1).entry(KeyReleaseRefused.class, 1), Memory.NONE);

    assertThat(records)
        .extracting(r -> r.event().path("type_uid").asLong())
        .containsExactly(600_302L, 200_401L);
    assertThat(records.getLast().event().at("/metadata/sequence").isMissingNode()).isTrue();
    assertThat(records.getLast().uid()).isNotEqualTo(records.getFirst().uid());
  }

  @Test
  void raisesAFindingBesideAFailedAttestation() {
    List<OcsfRecord> records =
        MAPPING.of(Samples.plain(1).entry(AttestationVerified.class, 1), Memory.NONE);

    assertThat(records).hasSize(2);
    assertThat(records.getLast().event().path("severity_id").asInt()).isEqualTo(5);
  }
}
