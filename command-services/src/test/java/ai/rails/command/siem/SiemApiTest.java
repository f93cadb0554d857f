package ai.rails.command.siem;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Role;
import ai.rails.platform.keys.HpkeKeyPair;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class SiemApiTest {
  @TempDir private static Path data;
  private static Office office;
  private static HpkeKeyPair key;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").furnished("t2");
    key = HpkeKeyPair.generate();
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void passesASealedPasswordFromTheProvisionerToWhoeverAsked() throws Exception {
    expect(202, grant("t1", "soc"));

    JsonNode work = open("soc");
    assertThat(work.path("act").asText()).isEqualTo("GRANT");
    assertThat(work.path("generation").asInt()).isEqualTo(1);
    assertThat(credential("soc").path("done").asBoolean()).isFalse();

    byte[] recipient = Base64.getDecoder().decode(work.path("recipient").asText());
    byte[] sealed =
        HpkeKeyPair.seal(recipient, "secret".getBytes(StandardCharsets.US_ASCII), "for t1");
    expect(200, provisioned("soc", "GRANT", 1, sealed));

    JsonNode done = credential("soc");
    assertThat(done.path("done").asBoolean()).isTrue();
    byte[] opened = key.open(Base64.getDecoder().decode(done.path("sealed").asText()), "for t1");
    assertThat(new String(opened, StandardCharsets.US_ASCII)).isEqualTo("secret");
    assertThat(office.events("t1", "SIEM_GRANTED")).isPositive();
  }

  @Test
  void forgetsTheSealedPasswordWithTheNextAct() throws Exception {
    expect(202, grant("t1", "twice"));
    expect(200, provisioned("twice", "GRANT", 1, new byte[] {1}));

    expect(202, post("t1", "/twice/rotation", "{\"recipient\":\"%s\"}".formatted(publicKey())));

    JsonNode standing = credential("twice");
    assertThat(standing.path("done").asBoolean()).isFalse();
    assertThat(standing.has("sealed")).isFalse();
    expect(200, provisioned("twice", "GRANT", 1, new byte[] {1}));
    assertThat(credential("twice").path("done").asBoolean()).isFalse();
    assertThat(open("twice").path("generation").asInt()).isEqualTo(2);
    expect(200, provisioned("twice", "ROTATE", 2, new byte[] {2}));
    expect(202, post("t1", "/twice/revocation", "{}"));
    assertThat(open("twice").path("act").asText()).isEqualTo("REVOKE");
    expect(200, provisioned("twice", "REVOKE", 2, new byte[0]));
    assertThat(credential("twice").path("done").asBoolean()).isTrue();
  }

  @Test
  void refusesOthers() throws Exception {
    String path = "/v1/tenants/t1/siem-subscribers";
    String body = body("mine");
    expect(404, office.post("t2", "eve", path, body, Role.ADMIN));
    expect(403, office.post("t1", "omar", path, body, Role.OPERATOR));
    expect(403, office.post("t1", "omar", path, body, Role.SERVICE));
    expect(403, office.post("t1", "ada", "/v1/siem-subscribers/open", "{}", Role.ADMIN));
    expect(403, office.post("t1", "svc", "/v1/siem-subscribers/open", "{}", Role.SERVICE));
    expect(404, office.post("t1", "ada", path + "/none/credential", "{}", Role.ADMIN));
    expect(404, office.post("t1", "ada", path + "/none/revocation", "{}", Role.ADMIN));
    assertThat(
            office.store.number(
                "SELECT count(*) FROM siem_subscriber WHERE name IN ('mine', 'none')"))
        .isZero();
  }

  @Test
  void refusesNamesAndKeysThatAreNone() throws Exception {
    expect(422, grant("t1", "a-b"));
    expect(422, post("t1", "", "{\"name\":\"x\",\"recipient\":\"AAAA\"}"));
    expect(422, post("t1", "", "{\"name\":\"x\",\"recipient\":\"?\"}"));
    expect(422, post("t1", "", "{\"name\":\"x\",\"recipient\":\"\"}"));
  }

  @Test
  void holdsATenantToSomeSubscribers() throws Exception {
    for (int i = 0; i < SiemRows.SUBSCRIBERS; i++) {
      expect(202, grant("t2", "s" + i));
    }

    expect(422, grant("t2", "more"));

    assertThat(office.events("t2", "SIEM_GRANTED")).isEqualTo(SiemRows.SUBSCRIBERS);
  }

  private static java.net.http.HttpResponse<String> grant(String tenant, String name)
      throws Exception {
    return post(tenant, "", body(name));
  }

  private static java.net.http.HttpResponse<String> post(String tenant, String rest, String json)
      throws Exception {
    String path = "/v1/tenants/%s/siem-subscribers%s".formatted(tenant, rest);
    return office.post(tenant, "ada", path, json, Role.ADMIN);
  }

  private static java.net.http.HttpResponse<String> provisioned(
      String name, String act, int generation, byte[] sealed) throws Exception {
    String json =
        "{\"act\":\"%s\",\"generation\":%d,\"sealed\":\"%s\"}"
            .formatted(act, generation, Base64.getEncoder().encodeToString(sealed));
    String path = "/v1/tenants/t1/siem-subscribers/%s/provisioned".formatted(name);
    return office.post("platform", "svc-provisioner", path, json, Role.PLATFORM);
  }

  private static JsonNode credential(String name) throws Exception {
    var answer = post("t1", "/" + name + "/credential", "{}");
    expect(200, answer);
    return Json.tree(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode open(String name) throws Exception {
    var answer =
        office.post(
            "platform", "svc-provisioner", "/v1/siem-subscribers/open", "{}", Role.PLATFORM);
    expect(200, answer);
    for (JsonNode item : Json.tree(answer.body().getBytes(StandardCharsets.UTF_8)).path("items")) {
      if (item.path("name").asText().equals(name)) {
        return item;
      }
    }
    throw new AssertionError("nothing is open for " + name);
  }

  private static String body(String name) throws Exception {
    return "{\"name\":\"%s\",\"recipient\":\"%s\"}".formatted(name, publicKey());
  }

  private static String publicKey() throws Exception {
    return Base64.getEncoder().encodeToString(key.publicKey());
  }
}
