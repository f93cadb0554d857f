package ai.rails.app;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import ai.rails.app.embedded.OpaBinary;

/// The composition root: what `rails up` starts, in order.
final class Plans {
  private Plans() {}

  /// Everything on this machine. The servers come up together; each stage needs those before it.
  static Installed everything(Embedded embedded, Map<String, String> environment) {
    DataDirectory data = embedded.data();
    Elsewhere elsewhere = embedded.elsewhere();
    OpaBinary opa = OpaBinary.find(environment, projectDirectory(environment));
    Stages stages = new Stages(embedded, opa.path());
    WorldStage world = new WorldStage(embedded);
    WorkersStage workers = new WorkersStage(data.root(), embedded.ca(), stages.demand(), Map.of());
    Launcher.Plan plan =
        new Launcher.Plan(
            withWitness(embedded, servers(embedded, environment)),
            Stream.of(
                    new TimestampStage(),
                    new PlatformStage(data.root(), InstantSource.system()),
                    stages.command(),
                    Servers.opa(data, opa, Map.of()),
                    stages.stream(),
                    world,
                    egress(embedded),
                    workers)
                .filter(stage -> stage != world || !elsewhere.world())
                .toList());
    return new Installed(plan, stages, world, workers);
  }

  /// Kafka and PostgreSQL: this installation's own, or looked up where they were started.
  static List<Stage> servers(Embedded embedded, Map<String, String> environment) {
    DataDirectory data = embedded.data();
    Elsewhere elsewhere = embedded.elsewhere();
    return List.of(
        elsewhere.kafka()
            ? new KafkaElsewhere(elsewhere.kafkaAdmin())
            : Servers.broker(data, embedded.secrets(), embedded.ca()),
        elsewhere.postgres()
            ? new PostgresElsewhere()
            : Servers.postgres(data, embedded.secrets(), cache(environment).resolve("postgres")));
  }

  /// The plan, and the parts of it that verbs talk to.
  record Installed(Launcher.Plan plan, Stages stages, WorldStage world, WorkersStage workers) {}

  /// The witness needs nobody, so it comes up beside the servers.
  private static List<Stage> withWitness(Embedded embedded, List<Stage> servers) {
    if (embedded.elsewhere().witnesses()) {
      return servers;
    }
    Stage witness =
        new ChildStage(
            "witness",
            embedded.data().root(),
            "ai.rails.platform.witness.WitnessProcess",
            properties ->
                Map.of(
                    "witness.dir", properties.require("witness.dir"),
                    "witness.key.file", properties.require("witness.key.file"),
                    "witness.logs.file", properties.require("witness.logs.file"),
                    "witness.port", properties.require("witness.port")));
    return Stream.concat(servers.stream(), Stream.of(witness)).toList();
  }

  private static Stage egress(Embedded embedded) {
    String standIns = embedded.developmentHosts();
    return new ChildStage(
        "egress",
        embedded.data().root(),
        "ai.rails.enclave.egress.EgressProxy",
        properties ->
            Map.of(
                "egress.port", properties.require("egress.port"),
                "egress.proxyId", properties.require("egress.proxyId"),
                "egress.ticket.public", properties.require("egress.ticket.public"),
                "egress.development.allow", standIns,
                "environment.kind", properties.require("environment.kind")));
  }

  /// Where the `rails` script lies, which says so.
  static Path projectDirectory(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("AIRAILS_HOME", "."));
  }

  private static Path cache(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("HOME", "."), ".cache", "airails");
  }
}
