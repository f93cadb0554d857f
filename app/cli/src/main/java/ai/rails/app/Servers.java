package ai.rails.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import ai.rails.app.embedded.Broker;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.IssuedCertificate;
import ai.rails.app.embedded.KafkaPrincipals;
import ai.rails.app.embedded.Opa;
import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.SiemListener;

/// The embedded servers as stages. Each holds its server between `start` and `stop`, which the
/// launcher calls one after the other.
final class Servers {
  private Servers() {}

  static Stage broker(DataDirectory data, Secrets secrets, DevelopmentCa ca) {
    return new BrokerStage(data, secrets, ca);
  }

  static Stage postgres(DataDirectory data, Secrets secrets, Path binaries) {
    return new PostgresStage(data.postgres(), secrets, binaries);
  }

  /// `environment` reaches OPA, for the `${...}` in its configuration.
  static Stage opa(DataDirectory data, OpaBinary binary, Map<String, String> environment) {
    return new OpaStage(data, binary, Map.copyOf(environment));
  }

  private static final class BrokerStage implements Stage {
    private final DataDirectory data;
    private final Secrets secrets;
    private final DevelopmentCa ca;
    private volatile @Nullable Broker broker;

    BrokerStage(DataDirectory data, Secrets secrets, DevelopmentCa ca) {
      this.data = data;
      this.secrets = secrets;
      this.ca = ca;
    }

    @Override
    public String name() {
      return "kafka";
    }

    @Override
    public void start(EffectiveProperties properties) {
      Broker started =
          Broker.start(
              data.kafka(),
              properties.requireInt("kafka.port"),
              properties.requireInt("kafka.controller.port"),
              secrets,
              Optional.of(siem(properties)));
      broker = started;
      try {
        KafkaPrincipals.ensure(started.admin(), Stages.properties(properties), secrets);
      } catch (RuntimeException e) {
        stop();
        throw e;
      }
    }

    private SiemListener siem(EffectiveProperties properties) {
      IssuedCertificate certificate = ca.server("kafka-siem", List.of());
      return new SiemListener(
          properties.requireInt("kafka.siem.port"),
          certificate.pkcs12(),
          secrets.of("tls.store.password"));
    }

    @Override
    public void stop() {
      Broker running = broker;
      if (running != null) {
        running.close();
        broker = null;
      }
    }

    @Override
    public String health() {
      Broker running = broker;
      return running == null ? "down: not started" : running.health();
    }
  }

  private static final class OpaStage implements Stage {
    private final DataDirectory data;
    private final OpaBinary binary;
    private final Map<String, String> environment;
    private volatile @Nullable Opa opa;

    OpaStage(DataDirectory data, OpaBinary binary, Map<String, String> environment) {
      this.data = data;
      this.binary = binary;
      this.environment = environment;
    }

    @Override
    public String name() {
      return "opa";
    }

    @Override
    public void start(EffectiveProperties properties) {
      Path config = data.opa().resolve("opa.yaml");
      Path authorization = data.opa().resolve("local");
      if (!Files.exists(config)) {
        ClosedOpa.write(config, authorization.resolve("authz.rego"));
      }
      var settings =
          new Opa.Settings(
              properties.requireInt("opa.port"),
              config,
              authorization,
              environment,
              properties.require("opa.probe.token"));
      opa = Opa.start(data.root(), binary, settings);
    }

    @Override
    public void stop() {
      Opa running = opa;
      if (running != null) {
        running.close();
        opa = null;
      }
    }

    @Override
    public String health() {
      Opa running = opa;
      return running == null ? "down: not started" : running.health();
    }
  }
}
