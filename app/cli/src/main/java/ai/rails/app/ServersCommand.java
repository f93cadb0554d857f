package ai.rails.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.Broker;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.verb.Exit;

/// `rails servers`: Kafka and PostgreSQL in a process of their own, for `rails up --servers FILE`,
/// and that file.
@Command(
    name = "servers",
    description = "Start Kafka and PostgreSQL alone, for: rails up --servers FILE.",
    mixinStandardHelpOptions = true)
final class ServersCommand implements Callable<Integer> {
  static final String FILE = "servers.properties";

  private static final Set<String> ALL = Set.of("kafka", "postgres");
  private static final Set<String> OWN = Set.of("kafka.port", "kafka.controller.port");

  private final Map<String, String> environment;

  @Mixin private DataOption data = new DataOption();

  @Parameters(
      arity = "0..2",
      paramLabel = "SERVER",
      description = "kafka or postgres; without any, both.")
  private List<String> servers = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  ServersCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    Set<String> wanted = servers.isEmpty() ? ALL : Set.copyOf(servers);
    if (!ALL.containsAll(wanted)) {
      throw new ParameterException(spec.commandLine(), "SERVER is kafka or postgres");
    }
    PrintWriter out = spec.commandLine().getOut();
    DataDirectory directory = data.directory().create();
    try (Session session =
        Session.servers(
            directory, stage -> wanted.contains(stage.name()), environment, out::println)) {
      Path file = directory.root().resolve(FILE);
      described(session.properties(), directory, wanted).write(file);
      out.println("use them with: rails up --servers " + file);
      out.flush();
      session.await();
    }
    return Exit.OK;
  }

  /// What others need to use the servers.
  private static EffectiveProperties described(
      EffectiveProperties all, DataDirectory directory, Set<String> wanted) {
    var values = new TreeMap<String, String>();
    all.values()
        .forEach((key, value) -> {
          String server = key.startsWith("signer.postgres.") ? "postgres" : firstWord(key);
          boolean ofServer = wanted.contains(server);
          if (ofServer && !OWN.contains(key)) {
            values.put(key, value);
          }
        });
    adminPassword(directory, wanted)
        .ifPresent(password -> values.put(Broker.passwordKey("admin"), password));
    return new EffectiveProperties(values);
  }

  private static String firstWord(String key) {
    return key.substring(0, Math.max(0, key.indexOf('.')));
  }

  private static Optional<String> adminPassword(DataDirectory directory, Set<String> wanted) {
    return wanted.contains("kafka")
        ? Optional.of(
            Secrets.open(directory.secrets(), new SecureRandom()).of(Broker.passwordKey("admin")))
        : Optional.empty();
  }
}
