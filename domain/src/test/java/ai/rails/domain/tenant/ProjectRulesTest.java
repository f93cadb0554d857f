package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.TenantCommand.RemoveProject;
import ai.rails.domain.tenant.TenantCommand.SetProject;
import ai.rails.domain.tenant.TenantEvent.ProjectRemoved;
import ai.rails.domain.tenant.TenantEvent.ProjectSet;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.TenantProvisioned;
import ai.rails.domain.tenant.TenantEvent.WorkspaceCreated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProjectRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final ProjectSet PAYROLL =
      new ProjectSet("t1", "payroll", "ora", List.of("w1"), List.of("refund", "triage"));

  private final TenantRules rules = new TenantRules();

  @Test
  void aProjectIsSaidAsAWholeAndOnce() {
    SetProject command = set("payroll", "ora", List.of("w1"), List.of("triage", "refund"));

    assertThat(rules.decide(active(), command, NOON)).containsExactly(PAYROLL);
    assertThat(rules.decide(active(PAYROLL), command, NOON)).isEmpty();
    assertThat(rules.decide(active(PAYROLL), set("payroll", "pat", List.of("w2"), List.of()), NOON))
        .containsExactly(new ProjectSet("t1", "payroll", "pat", List.of("w2"), List.of()));
  }

  @Test
  void nothingBelongsToTwoProjects() {
    Tenant tenant = active(PAYROLL);

    refused(Code.ALREADY_EXISTS, tenant, set("it", "pat", List.of("w1"), List.of()));
    refused(Code.ALREADY_EXISTS, tenant, set("it", "pat", List.of(), List.of("refund")));
    assertThat(rules.decide(tenant, set("it", "pat", List.of("w2"), List.of("hire")), NOON))
        .hasSize(1);
  }

  @Test
  void whatIsDissolvedFreesItsMembers() {
    List<TenantEvent> removed =
        rules.decide(active(PAYROLL), new RemoveProject("t1", "payroll"), NOON);

    assertThat(removed).containsExactly(new ProjectRemoved("t1", "payroll"));
    Tenant after = rules.evolve(active(PAYROLL), removed.getFirst());
    assertThat(rules.decide(after, new RemoveProject("t1", "payroll"), NOON)).isEmpty();
    assertThat(rules.decide(after, set("it", "pat", List.of("w1"), List.of()), NOON)).hasSize(1);
  }

  @Test
  void membersNamesAndNumbersAreChecked() {
    refused(Code.NOT_FOUND, active(), set("it", "pat", List.of("w9"), List.of()));
    refused(Code.INVALID, active(), set("It", "pat", List.of(), List.of()));
    refused(Code.INVALID, active(), set("it", "p at", List.of(), List.of()));
    refused(Code.INVALID, active(), set("it", "pat", List.of(), List.of("no id")));
    List<String> many =
        IntStream.rangeClosed(0, ProjectRules.MAX_WORKFLOWS).mapToObj(i -> "f" + i).toList();
    refused(Code.INVALID, active(), set("it", "pat", List.of(), many));
    refused(Code.NOT_FOUND, rules.initial(), set("it", "pat", List.of(), List.of()));
  }

  @Test
  void projectsAreBounded() {
    Tenant tenant = active();
    for (int i : IntStream.range(0, ProjectRules.MAX_PROJECTS).toArray()) {
      tenant = rules.evolve(tenant, new ProjectSet("t1", "p" + i, "pat", List.of(), List.of()));
    }

    refused(Code.INVALID, tenant, set("more", "pat", List.of(), List.of()));
    assertThat(rules.decide(tenant, set("p1", "ora", List.of(), List.of()), NOON)).hasSize(1);
  }

  private static SetProject set(
      String project, String owner, List<String> workspaces, List<String> workflows) {
    return new SetProject("t1", project, owner, workspaces, workflows);
  }

  private Tenant active(TenantEvent... events) {
    Tenant tenant = rules.initial();
    for (TenantEvent event :
        List.of(
            new TenantCreated("t1", "eu", "c1"),
            new TenantProvisioned("t1"),
            new WorkspaceCreated("t1", "w1"),
            new WorkspaceCreated("t1", "w2"))) {
      tenant = rules.evolve(tenant, event);
    }
    for (TenantEvent event : events) {
      tenant = rules.evolve(tenant, event);
    }
    return tenant;
  }

  private void refused(Code code, Tenant tenant, TenantCommand command) {
    assertThatThrownBy(() -> rules.decide(tenant, command, NOON))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
