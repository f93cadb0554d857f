package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.TenantCommand.ConfirmProvisioned;
import ai.rails.domain.tenant.TenantCommand.CreateTenant;
import ai.rails.domain.tenant.TenantCommand.CreateWorkspace;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.TenantProvisioned;
import ai.rails.domain.tenant.TenantEvent.WorkspaceCreated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TenantRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final TenantEvent CREATED = new TenantCreated("t1", "eu", "c1");
  private static final TenantEvent PROVISIONED = new TenantProvisioned("t1");

  private final TenantRules rules = new TenantRules();

  @Test
  void tenantIsCreatedOnceAndNeverMoves() {
    assertThat(when(new CreateTenant("t1", "eu", "c1"))).containsExactly(CREATED);
    assertThat(when(new CreateTenant("t1", "eu", "c1"), CREATED)).isEmpty();
    refused(Code.ALREADY_EXISTS, new CreateTenant("t1", "us", "c1"), CREATED);
  }

  @Test
  void provisioningHappensOnce() {
    assertThat(when(new ConfirmProvisioned("t1"), CREATED)).containsExactly(PROVISIONED);
    assertThat(when(new ConfirmProvisioned("t1"), CREATED, PROVISIONED)).isEmpty();
    refused(Code.NOT_FOUND, new ConfirmProvisioned("t1"));
  }

  @Test
  void workspacesNeedAnActiveTenant() {
    var command = new CreateWorkspace("t1", "w1");
    refused(Code.NOT_FOUND, command);
    refused(Code.TENANT_NOT_ACTIVE, command, CREATED);
    assertThat(when(command, CREATED, PROVISIONED))
        .containsExactly(new WorkspaceCreated("t1", "w1"));
    assertThat(when(command, CREATED, PROVISIONED, new WorkspaceCreated("t1", "w1"))).isEmpty();
  }

  @Test
  void workspacesAreBounded() {
    Tenant tenant = state(CREATED, PROVISIONED);
    for (int i : IntStream.range(0, TenantRules.MAX_WORKSPACES).toArray()) {
      tenant = rules.evolve(tenant, new WorkspaceCreated("t1", "w" + i));
    }
    Tenant full = tenant;
    assertThatThrownBy(() -> rules.decide(full, new CreateWorkspace("t1", "more"), NOON))
        .isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "T1", "_tenant", "a.b", "a/b", "-a", "a b"})
  void namesAreFitForTopics(String name) {
    refused(Code.INVALID, new CreateTenant(name, "eu", "c1"));
    refused(Code.INVALID, new CreateWorkspace("t1", name), CREATED, PROVISIONED);
  }

  private List<TenantEvent> when(TenantCommand command, TenantEvent... given) {
    return rules.decide(state(given), command, NOON);
  }

  private void refused(Code code, TenantCommand command, TenantEvent... given) {
    assertThatThrownBy(() -> when(command, given))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private Tenant state(TenantEvent... given) {
    Tenant tenant = rules.initial();
    for (TenantEvent event : given) {
      tenant = rules.evolve(tenant, event);
    }
    return tenant;
  }
}
