package ai.rails.connector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.connector.Action.Effect;
import ai.rails.domain.run.RunEvent.IdempotencyClass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConnectorsTest {
  private static final List<String> NAMES =
      Connectors.builtIn().all().stream().map(each -> each.name() + "/" + each.version()).toList();

  private final Connectors connectors = Connectors.builtIn();

  private static Schema schema(JsonNode schema) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
  }

  private static JsonNode manifest(String name) throws IOException {
    return ManifestJson.tree(Connectors.resource("/connectors/" + name + "/1.0.0.json"));
  }

  private Connector connector(String name) {
    return connectors.named(name, "1.0.0").orElseThrow();
  }

  @Test
  void buildCarriesTheseConnectors() {
    assertThat(connectors.all())
        .extracting(Connector::name)
        .contains(
            "servicenow",
            "slack",
            "openai",
            "azure-openai",
            "anthropic",
            "offline-classifier",
            "stripe",
            "zendesk",
            "telegram",
            "github",
            "x",
            "gmail",
            "salesforce",
            "intercom",
            "adyen",
            "google-calendar",
            "google-drive",
            "microsoft-365",
            "http",
            "s3");
    assertThat(NAMES).hasSameSizeAs(connectors.all()).doesNotHaveDuplicates();
    assertThat(connectors.all())
        .allSatisfy(each -> assertThat(connectors.byDigest(each.digest())).containsSame(each));
  }

  /// Those that the documentation names.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "servicenow",
        "slack",
        "github",
        "stripe",
        "zendesk",
        "salesforce",
        "gmail",
        "mail",
        "mail-gmail",
        "microsoft-365",
        "google-calendar",
        "google-drive",
        "s3",
        "telegram",
        "x",
        "intercom",
        "adyen",
        "adyen-live",
        "http"
      })
  void newestVersionSaysWhatItDoesAndKeepsItsPace(String name) {
    List<Connector> versions =
        connectors.all().stream().filter(each -> each.name().equals(name)).toList();
    Connector newest = versions.getLast();

    assertThat(newest.description()).hasValueSatisfying(text -> assertThat(text).endsWith("."));
    assertThat(newest.perMinute()).isEqualTo(versions.getFirst().perMinute());
    assertThat(newest.atOnce()).isEqualTo(versions.getFirst().atOnce());
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void manifestFollowsThePublishedSchema(String name) throws IOException {
    JsonNode published = ManifestJson.tree(Connectors.resource("/connectors/manifest.schema.json"));

    assertThat(
            schema(published)
                .validate(ManifestJson.tree(Connectors.resource("/connectors/" + name + ".json"))))
        .isEmpty();
  }

  @Test
  void digestNamesTheCanonicalBytesAndNotTheirSpelling() throws IOException {
    byte[] file = Connectors.resource("/connectors/servicenow/1.0.0.json");
    String respelled = ManifestJson.tree(file).toString();
    ObjectNode changed = manifest("servicenow").deepCopy();
    changed.put("title", "another");
    ObjectNode signed = manifest("servicenow").deepCopy();
    signed.putObject("signature").put("keyId", "k1").put("value", "AA==");

    String digest = connector("servicenow").digest();

    assertThat(Connectors.read(respelled.getBytes(StandardCharsets.UTF_8)).digest())
        .isEqualTo(digest);
    assertThat(Connectors.read(bytes(signed)).digest()).isEqualTo(digest);
    assertThat(Connectors.read(bytes(changed)).digest()).isNotEqualTo(digest);
  }

  private static byte[] bytes(JsonNode tree) {
    return tree.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Published digests: a change to a manifest is a new version, not a new text of the old one.
  @Test
  void manifestsAreThoseThatWerePublished() throws IOException {
    Map<String, String> published =
        ManifestJson.MAPPER.readValue(
            ConnectorsTest.class.getResourceAsStream("/connectors/digests.json"),
            new TypeReference<>() {});

    for (Connector each : connectors.all()) {
      assertThat(published).containsEntry(each.toString(), each.digest());
    }
  }

  @Test
  void hostsAreThoseOfTheManifest() {
    Connector servicenow = connector("servicenow");
    assertThat(servicenow.admits("acme.service-now.com", 443)).isTrue();
    assertThat(servicenow.admits("servicenow.c1.airails.internal", 443)).isTrue();
    for (String host :
        List.of(
            "service-now.com",
            ".service-now.com",
            "evilservice-now.com",
            "acme.service-now.com.evil.example",
            "ACME.service-now.com",
            "slack.com")) {
      assertThat(servicenow.admits(host, 443)).as(host).isFalse();
    }
    assertThat(servicenow.admits("acme.service-now.com", 8443)).isFalse();
    assertThat(connector("slack").admits("slack.com", 443)).isTrue();
    assertThat(connector("offline-classifier").isLocal()).isTrue();
    assertThat(connector("offline-classifier").admits("", 443)).isFalse();
  }

  @Test
  void catalogueSaysWhatAnActionIs() {
    Connector servicenow = connector("servicenow");
    Action update = servicenow.action("update-incident").orElseThrow();

    assertThat(update.effect()).isEqualTo(Effect.WRITE);
    assertThat(update.idempotencyClass()).isEqualTo(IdempotencyClass.U);
    assertThat(update.risk()).isEqualTo(Action.Risk.R2);
    assertThat(update.disclosable())
        .containsKeys("sys_id", "category")
        .doesNotContainKey("work_note");
    assertThat(servicenow.requests(update)).isEqualTo(5);
    assertThat(
            servicenow.requests(
                update, servicenow.authWith(Set.of("username", "password")).orElseThrow()))
        .isEqualTo(4);
    assertThat(servicenow.authWith(Set.of("username"))).isEmpty();
    assertThat(connector("slack").action("post-approval").orElseThrow().idempotencyClass())
        .isEqualTo(IdempotencyClass.Q);
    assertThat(
            connector("offline-classifier")
                .requests(connector("offline-classifier").action("triage").orElseThrow()))
        .isZero();
  }

  @Test
  void manifestsThatBreakARuleAreRefused() throws IOException {
    ObjectNode unknownMember = manifest("servicenow").deepCopy();
    unknownMember.put("jar", "x.jar");
    ObjectNode twoEffects = manifest("servicenow").deepCopy();
    ((ObjectNode) twoEffects.at("/actions/update-incident/requests/0")).put("effect", true);
    ObjectNode open = manifest("servicenow").deepCopy();
    ((ObjectNode) open.at("/actions/get-incident/parameters")).remove("additionalProperties");
    ObjectNode undeclared = manifest("servicenow").deepCopy();
    ((ObjectNode) undeclared.at("/actions/get-incident/disclosable"))
        .putObject("secret")
        .put("type", "ID")
        .putArray("values");
    ObjectNode wideHost = manifest("servicenow").deepCopy();
    ((ObjectNode) wideHost.at("/hosts")).putArray("suffixes").add(".com");
    ObjectNode otherPrompt = manifest("openai").deepCopy();
    ((ObjectNode) otherPrompt.at("/prompts/triage")).put("sha256", "0".repeat(64));
    ObjectNode fraction = manifest("servicenow").deepCopy();
    fraction.withObjectProperty("actions").put("x", 1.5);

    for (JsonNode each :
        List.of(unknownMember, twoEffects, open, undeclared, wideHost, otherPrompt, fraction)) {
      assertThatThrownBy(() -> Connectors.read(bytes(each)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Connectors.read("{\"a\":1,\"a\":1}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parameterSchemasRefuseWhatWouldLeaveItsPlace() throws IOException {
    Schema update =
        schema(connector("servicenow").action("update-incident").orElseThrow().parameters());
    String good =
        """
        {"sys_id":"a9e30c7dc61122760116894de7bcc7bd","expected_mod_count":"4","work_note":"x"}\
        """;
    assertThat(update.validate(ManifestJson.MAPPER.readTree(good))).isEmpty();
    for (String bad :
        List.of(
            good.replace("a9e3", "A9E3"),
            good.replace("a9e30c7dc61122760116894de7bcc7bd", "../../sys_user"),
            good.replace("\"4\"", "4"),
            good.replace("\"work_note\"", "\"comments\""),
            good.replace("}", ",\"sysparm_input_display_value\":\"true\"}"))) {
      assertThat(update.validate(ManifestJson.MAPPER.readTree(bad))).as(bad).isNotEmpty();
    }
  }
}
