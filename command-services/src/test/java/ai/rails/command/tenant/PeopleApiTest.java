package ai.rails.command.tenant;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.domain.tenant.PersonEvent.IdentityLinked;
import ai.rails.domain.tenant.PersonEvent.RolesProposalDecisioned;
import ai.rails.domain.tenant.PersonEvent.RolesProposed;
import ai.rails.domain.tenant.PersonEvent.RolesSet;
import ai.rails.platform.http.Role;
import ai.rails.schema.Recorded;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class PeopleApiTest {
  private static final String ROLES =
      "SELECT string_agg(role, ' ' ORDER BY role) FROM principal_role"
          + " WHERE tenant = 't1' AND subject = ?";

  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1");
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void rolesAndTheirEventAreOne() throws Exception {
    String path = "/v1/workspaces/w1/roles/zoe";
    expect(200, office.put("t1", "ada", path, "{\"roles\": [\"b\", \"a\", \"b\"]}", Role.ADMIN));
    expect(200, office.put("t1", "ada", path, "{\"roles\": [\"a\", \"b\"]}", Role.ADMIN));

    assertThat(office.bus.history("t1", "Person", "zoe"))
        .singleElement()
        .satisfies(recorded -> {
          assertThat(recorded.event()).isEqualTo(new RolesSet("zoe", List.of("a", "b")));
          assertThat(recorded.header().workspace()).isEqualTo("_tenant");
          assertThat(recorded.header().actor().id()).isEqualTo("ada");
        });
    assertThat(office.one(ROLES, "zoe")).isEqualTo("a b");
    expect(200, office.put("t1", "ada", path, "{\"roles\": []}", Role.ADMIN));
    assertThat(office.bus.history("t1", "Person", "zoe"))
        .last()
        .satisfies(
            recorded -> assertThat(recorded.event()).isEqualTo(new RolesSet("zoe", List.of())));
  }

  @Test
  void rolesAreGivenByTwo() throws Exception {
    String asked = "{\"subject\": \"max\", \"roles\": [\"operator\", \"approver\"]}";
    expect(403, office.post("t1", "rita", "/v1/role-proposals", asked, Role.OPERATOR));
    expect(403, office.post("t1", "max", "/v1/role-proposals", asked, Role.ADMIN));
    HttpResponse<String> proposed =
        office.post("t1", "ada", "/v1/role-proposals", asked, Role.ADMIN);
    expect(202, proposed);
    String proposal = Office.json(proposed).path("proposal").asText();
    String decision = "/v1/role-proposals/%s/decision".formatted(proposal);
    String yes = "{\"approve\": true}";

    expect(403, office.post("t1", "ada", decision, yes, Role.ADMIN));
    expect(403, office.post("t1", "max", decision, yes, Role.ADMIN));
    expect(403, office.post("t1", "omar", decision, yes, Role.OPERATOR));
    expect(404, office.post("t2", "eve", decision, yes, Role.ADMIN));
    assertThat(office.store.number("SELECT count(*) FROM principal_role WHERE subject = 'max'"))
        .isZero();
    expect(200, office.post("t1", "bea", decision, yes, Role.ADMIN));
    expect(404, office.post("t1", "bea", decision, yes, Role.ADMIN));

    assertThat(office.one(ROLES, "max")).isEqualTo("approver operator");
    assertThat(office.bus.history("t1", "Person", "max"))
        .extracting(Recorded::event)
        .containsExactly(
            new RolesProposed("max", proposal, List.of("approver", "operator"), "ada"),
            new RolesProposalDecisioned("max", proposal, true, "bea"),
            new RolesSet("max", List.of("approver", "operator")));
  }

  @Test
  void refusedRolesLeaveNeitherRowNorEvent() throws Exception {
    String path = "/v1/workspaces/%s/roles/%s";
    String auditor = "{\"roles\": [\"auditor\", \"operator\"]}";
    expect(422, office.put("t1", "ada", path.formatted("w1", "eve"), auditor, Role.ADMIN));
    expect(
        404,
        office.put("t1", "ada", path.formatted("w7", "eve"), "{\"roles\": [\"a\"]}", Role.ADMIN));

    assertThat(office.bus.history("t1", "Person", "eve")).isEmpty();
    assertThat(office.store.number("SELECT count(*) FROM principal_role WHERE subject = 'eve'"))
        .isZero();
  }

  @Test
  void identityAtSlackIsInNoEvent() throws Exception {
    String path = "/v1/identity-links/slack/TSECRET1.USECRET2";
    for (String subject : List.of("omar", "omar", "lena", "omar")) {
      String body = "{\"subject\": \"%s\"}".formatted(subject);
      expect(200, office.put("t1", "ada", path, body, Role.ADMIN));
    }
    expect(403, office.put("t1", "rita", path, "{\"subject\": \"rita\"}", Role.OPERATOR));

    List<IdentityLinked> links =
        Stream.of("omar", "lena")
            .flatMap(subject -> office.bus.history("t1", "Person", subject).stream())
            .map(Recorded::event)
            .filter(IdentityLinked.class::isInstance)
            .map(IdentityLinked.class::cast)
            .toList();
    assertThat(links)
        .extracting(link -> link.before().orElse("nobody"))
        .containsExactly("nobody", "lena", "omar");
    assertThat(links)
        .extracting(IdentityLinked::externalDigest)
        .containsOnly(links.getFirst().externalDigest());
    assertThat(
            office.store.number("SELECT count(*) FROM event WHERE event_type = 'ACCESS_REFUSED'"))
        .isEqualTo(1);
    assertThat(
            office.store.number(
                "SELECT count(*) FROM event WHERE position('SECRET'::bytea in payload) > 0"))
        .isZero();
  }
}
