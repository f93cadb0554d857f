package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.TenantCommand.DeclareEnvironment;
import ai.rails.domain.tenant.TenantEvent.EnvironmentDeclared;
import ai.rails.domain.tenant.TenantEvent.EnvironmentProposed;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.TenantProvisioned;

import static ai.rails.domain.tenant.EnvironmentKind.DEVELOPMENT;
import static ai.rails.domain.tenant.EnvironmentKind.PRODUCTION;
import static ai.rails.domain.tenant.EnvironmentKind.STAGING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EnvironmentRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final TenantRules rules = new TenantRules();

  @ParameterizedTest
  @CsvSource({
    "dev,DEVELOPMENT",
    "test-eu,DEVELOPMENT",
    "qa,DEVELOPMENT",
    "demo,DEVELOPMENT",
    "sandbox-7,DEVELOPMENT",
    "staging,STAGING",
    "staging-us,STAGING",
    "prod,PRODUCTION",
    "developers,PRODUCTION",
    "uat,PRODUCTION"
  })
  void whatNobodyDeclaredIsWhatItsNameSays(String name, EnvironmentKind kind) {
    assertThat(active().kindOf(name)).isEqualTo(kind);
  }

  @Test
  void anEnvironmentIsDeclaredOnceAndStaysWhatItIs() {
    var strict = new DeclareEnvironment("t1", "demo", PRODUCTION, "ada");
    EnvironmentDeclared declared =
        new EnvironmentDeclared("t1", "demo", PRODUCTION, "ada", Optional.empty());

    assertThat(rules.decide(active(), strict, NOON)).containsExactly(declared);

    Tenant tenant = active(declared);
    assertThat(tenant.kindOf("demo")).isEqualTo(PRODUCTION);
    assertThat(tenant.kindOf("demo-2")).isEqualTo(DEVELOPMENT);
    assertThat(rules.decide(tenant, strict, NOON)).isEmpty();
    refused(Code.ALREADY_EXISTS, tenant, new DeclareEnvironment("t1", "demo", STAGING, "bea"));
  }

  @Test
  void nobodyAloneMakesAnEnvironmentDemandLess() {
    var first = new DeclareEnvironment("t1", "uat", STAGING, "ada");
    EnvironmentProposed proposed = new EnvironmentProposed("t1", "uat", STAGING, "ada");

    assertThat(rules.decide(active(), first, NOON)).containsExactly(proposed);

    Tenant tenant = active(proposed);
    assertThat(tenant.kindOf("uat")).isEqualTo(PRODUCTION);
    assertThat(rules.decide(tenant, first, NOON)).isEmpty();
    assertThat(rules.decide(tenant, new DeclareEnvironment("t1", "uat", STAGING, "bea"), NOON))
        .containsExactly(new EnvironmentDeclared("t1", "uat", STAGING, "bea", Optional.of("ada")));
  }

  @Test
  void whoeverSaysAnotherKindBeginsAnew() {
    Tenant tenant = active(new EnvironmentProposed("t1", "uat", STAGING, "ada"));

    assertThat(rules.decide(tenant, new DeclareEnvironment("t1", "uat", DEVELOPMENT, "bea"), NOON))
        .containsExactly(new EnvironmentProposed("t1", "uat", DEVELOPMENT, "bea"));
    assertThat(rules.decide(tenant, new DeclareEnvironment("t1", "uat", PRODUCTION, "ada"), NOON))
        .containsExactly(new EnvironmentDeclared("t1", "uat", PRODUCTION, "ada", Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Prod", "1st", "-a", "a_b", "a b", "a/b", "_tenant"})
  void namesAreThoseThatWorkflowsAreActivatedUnder(String name) {
    refused(Code.INVALID, active(), new DeclareEnvironment("t1", name, PRODUCTION, "ada"));
  }

  @Test
  void environmentsAreBoundedAndNeedAnActiveTenant() {
    Tenant tenant = active();
    for (int i : IntStream.range(0, EnvironmentRules.MAX_ENVIRONMENTS).toArray()) {
      tenant =
          rules.evolve(
              tenant,
              i % 2 == 0
                  ? new EnvironmentDeclared("t1", "e" + i, PRODUCTION, "ada", Optional.empty())
                  : new EnvironmentProposed("t1", "e" + i, STAGING, "ada"));
    }
    var more = new DeclareEnvironment("t1", "more", PRODUCTION, "ada");
    refused(Code.INVALID, tenant, more);
    assertThat(rules.decide(tenant, new DeclareEnvironment("t1", "e1", STAGING, "bea"), NOON))
        .hasSize(1);
    refused(Code.NOT_FOUND, rules.initial(), more);
    refused(
        Code.TENANT_NOT_ACTIVE,
        rules.evolve(rules.initial(), new TenantCreated("t1", "eu", "c1")),
        more);
  }

  private Tenant active(TenantEvent... events) {
    Tenant tenant = rules.initial();
    for (TenantEvent event :
        List.of(new TenantCreated("t1", "eu", "c1"), new TenantProvisioned("t1"))) {
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
