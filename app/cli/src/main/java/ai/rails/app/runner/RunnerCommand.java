package ai.rails.app.runner;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Lists;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;
import ai.rails.enclave.egress.EgressProxy;
import ai.rails.enclave.runner.RunnerConfig;
import ai.rails.enclave.runner.RunnerProcess;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.RunnerIdentity;

/// `rails runner`: makes calls where no worker reaches. What it does is UNATTESTED.
@Command(
    name = "runner",
    description =
        "Runners: calls into private networks, outside every confidential machine (UNATTESTED).",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunnerCommand.Certificate.class,
      RunnerCommand.Card.class,
      RunnerCommand.Register.class,
      RunnerCommand.Revoke.class,
      RunnerCommand.Listing.class,
      RunnerCommand.Run.class
    })
public final class RunnerCommand extends Group {
  public RunnerCommand() {
    super("rails runner run FILE");
  }

  private static RunnerConfig config(Path file) throws IOException {
    return RunnerConfig.of(Settings.load(file));
  }

  private static String path(Client client) {
    return "/v1/workspaces/%s/runners".formatted(Client.encoded(client.workspace()));
  }

  /// `rails runner certificate`.
  @Command(
      name = "certificate",
      description =
          "Development only: issue a runner's certificate with the authority of --data. Elsewhere your own authority does.",
      mixinStandardHelpOptions = true)
  static final class Certificate implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(
        paramLabel = "NAME",
        description = "airails-runner://TENANT/WORKSPACE/ENVIRONMENT/RUNNER")
    private URI name = URI.create("airails-runner://t/w/e/r");

    @Override
    public Integer call() throws IOException, GeneralSecurityException {
      EffectiveProperties installation =
          caller
              .installation()
              .orElseThrow(() -> new Unavailable(caller.data() + " holds no installation"));
      if (!installation.require("environment.kind").equals("development")) {
        throw new Unavailable("the installation is no development one; ask your own authority");
      }
      var ca =
          DevelopmentCa.open(
              caller.data().resolve("tls"),
              installation.require("tls.store.password"),
              InstantSource.system(),
              new SecureRandom());
      String file = "runner-" + name.getPath().substring(name.getPath().lastIndexOf('/') + 1);
      var issued = ca.client(file, name);
      if (RunnerIdentity.of(issued.certificate()).isEmpty()) {
        throw caller.usage(
            "a runner is called airails-runner://TENANT/WORKSPACE/ENVIRONMENT/RUNNER");
      }
      caller.out().println(issued.pkcs12());
      return Exit.OK;
    }
  }

  /// `rails runner card`.
  @Command(
      name = "card",
      description =
          "Show what is registered of a runner: its certificate and its public key, signed. Makes the key if there is none.",
      mixinStandardHelpOptions = true)
  static final class Card implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The runner's properties.")
    private Path file = Path.of("runner.properties");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, GeneralSecurityException {
      spec.commandLine()
          .getOut()
          .println(
              new String(
                  Json.write(RunnerProcess.card(config(file))),
                  java.nio.charset.StandardCharsets.UTF_8));
      return Exit.OK;
    }
  }

  /// `rails runner register`.
  @Command(
      name = "register",
      description = "Let a runner take calls; again with another card, replace its keys.",
      mixinStandardHelpOptions = true)
  static final class Register implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "CARD", description = "File that `rails runner card` wrote.")
    private Path card = Path.of("card.json");

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String once;

    @Override
    public Integer call() throws IOException {
      Client client = caller.as(Persona.ADMIN);
      JsonNode answer =
          client.post(path(client), Json.tree(Files.readAllBytes(card)), Optional.ofNullable(once));
      caller.show(
          answer,
          made ->
              "runner %s is registered for %s%negress.proxyId=%s%n%s"
                  .formatted(
                      made.path("runner").asText(),
                      made.path("environment").asText(),
                      made.path("proxyId").asText(),
                      made.has("ticketPublicKey")
                          ? "egress.ticket.public=%s%n"
                              .formatted(made.path("ticketPublicKey").asText())
                          : ""));
      return Exit.OK;
    }
  }

  /// `rails runner revoke`.
  @Command(
      name = "revoke",
      description = "Let a runner take no more calls.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "RUNNER", description = "Its name.")
    private String runner = "";

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String once;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      JsonNode answer =
          client.post(
              path(client) + "/" + Client.encoded(runner) + "/revoke",
              Map.of(),
              Optional.ofNullable(once));
      caller.show(answer, _ -> "runner %s is revoked%n".formatted(runner));
      return Exit.OK;
    }
  }

  /// `rails runner list`.
  @Command(
      name = "list",
      description = "All runners of the tenant, by environment.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      return lists.show(
          caller,
          client,
          "/v1/runners",
          Map.of("workspace", client.chosenWorkspace().orElse("")),
          this::text);
    }

    private String text(JsonNode runners) {
      if (runners.isEmpty()) {
        return "no runner is registered%n".formatted();
      }
      Times times = Times.here();
      Table table = Table.of("RUNNER", "ENVIRONMENT", "WORKSPACE", "STATE", "SINCE");
      for (JsonNode each : runners) {
        String since = each.has("revokedAt") ? "revokedAt" : "registeredAt";
        table.row(
            each.path("runner").asText(),
            each.path("environment").asText(),
            each.path("workspace").asText(),
            each.path("state").asText(),
            times.relative(each.path(since).asLong()));
      }
      return table.text(caller.palette());
    }
  }

  /// `rails runner run`.
  @Command(
      name = "run",
      description =
          "Run a runner and the egress proxy beside it, until it is ended. Everything it opens is outbound.",
      mixinStandardHelpOptions = true)
  static final class Run implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The runner's properties.")
    private Path file = Path.of("runner.properties");

    @Override
    public Integer call() throws IOException, GeneralSecurityException, InterruptedException {
      try (EgressProxy _ = EgressProxy.start(file, InstantSource.system())) {
        RunnerProcess.main(file.toString());
      }
      return Exit.OK;
    }
  }
}
