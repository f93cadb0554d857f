package ai.rails.enclave.egress;

import java.util.Base64;
import java.util.Properties;

import org.junit.jupiter.api.Test;

import ai.rails.platform.http.RunnerIdentity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EgressConfigTest {
  private static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("egress.proxyId", "c1");
    properties.setProperty(
        "egress.ticket.public", Base64.getEncoder().encodeToString(new byte[32]));
    properties.setProperty("kafka.bootstrap.servers", "another component's");
    return properties;
  }

  @Test
  void presetsAreSafe() {
    EgressConfig config = EgressConfig.of(properties());

    assertThat(config.port()).isZero();
    assertThat(config.bind().isLoopbackAddress()).isTrue();
    assertThat(config.development()).isEmpty();
    assertThat(config.tunnels()).isEqualTo(512);
    assertThat(config.tenantTunnels()).isEqualTo(64);
  }

  @Test
  void developmentTargetsNeedADevelopmentEnvironment() {
    Properties properties = properties();
    properties.setProperty(
        "egress.development.allow", "a.example:443=127.0.0.1:8443, b.example:443=127.0.0.1:8444");
    assertThatThrownBy(() -> EgressConfig.of(properties)).hasMessageContaining("production");

    properties.setProperty("environment.kind", "development");
    assertThat(EgressConfig.of(properties).development())
        .containsOnlyKeys(new Target("a.example", 443), new Target("b.example", 443));
  }

  @Test
  void privateTargetsAreForTheProxyBesideARunner() {
    Properties properties = properties();
    properties.setProperty("egress.private.allow", "erp.plant.example:443");
    assertThatThrownBy(() -> EgressConfig.of(properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("egress.private.allow is for the proxy beside a runner");

    String beside = new RunnerIdentity("t1", "w1", "dev", "plant-1").proxyId();
    properties.setProperty("egress.proxyId", beside);
    assertThat(EgressConfig.of(properties).privateTargets())
        .containsExactly(new Target("erp.plant.example", 443));
  }

  @Test
  void wrongValuesAreNamed() {
    for (String[] wrong :
        new String[][] {
          {"egress.portt", "1"},
          {"egress.port", "x"},
          {"egress.port", "70000"},
          {"egress.bind", "localhost"},
          {"egress.proxyId", ""},
          {"egress.ticket.public", "AAAA"},
          {"egress.tunnels", "0"}
        }) {
      Properties properties = properties();
      properties.setProperty(wrong[0], wrong[1]);
      assertThatThrownBy(() -> EgressConfig.of(properties))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
