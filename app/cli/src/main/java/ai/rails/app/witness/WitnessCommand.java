package ai.rails.app.witness;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Exit;
import ai.rails.platform.witness.NoteSigner;
import ai.rails.platform.witness.WitnessProcess;
import ai.rails.platform.witness.WitnessServer;

/// `rails witness`: watches logs and cosigns what only grows, until it is ended. Everything it
/// needs lies in one directory.
@Command(
    name = "witness",
    description = "Watch logs and cosign checkpoints (C2SP tlog-witness); see docs/witness.md.",
    mixinStandardHelpOptions = true,
    subcommands = WitnessCommand.Init.class)
public final class WitnessCommand implements Callable<Integer> {
  private static final String DEFAULT_DIRECTORY = "witness";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = DEFAULT_DIRECTORY,
      description = "Where the witness lives (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of(DEFAULT_DIRECTORY);

  @Option(names = "--key", paramLabel = "FILE", description = "Private key (default: DIR/key).")
  private @Nullable Path key;

  @Option(
      names = "--logs",
      paramLabel = "FILE",
      description =
          "Logs to cosign, `log <vkey>` or `logs <vkey>` a line (default: DIR/logs.list).")
  private @Nullable Path logs;

  @Option(names = "--port", defaultValue = "8090", description = "Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to listen at (default: ${DEFAULT-VALUE}); put TLS in front of it.")
  private String bind = "127.0.0.1";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    WitnessProcess.limitConnections();
    var settings =
        new WitnessServer.Settings(
            directory.resolve("state"),
            Optional.ofNullable(key).orElse(directory.resolve("key")),
            Optional.ofNullable(logs).orElse(directory.resolve("logs.list")),
            bind,
            port);
    try (WitnessServer server = WitnessServer.start(settings, InstantSource.system())) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("witness " + server.key());
      out.printf("READY http://%s:%d/%n", bind, server.port());
      out.flush();
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw new Unavailable(
          "the witness can not start: %s; make its key with: rails witness init --dir %s"
              .formatted(e.getMessage(), directory),
          e);
    }
    return Exit.OK;
  }

  /// `rails witness init`: makes the key, and an empty list of logs.
  @Command(
      name = "init",
      description = "Make a witness's key and print the line for a cell's policy.",
      mixinStandardHelpOptions = true)
  static final class Init implements Callable<Integer> {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        defaultValue = DEFAULT_DIRECTORY,
        description = "Where the witness lives (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of(DEFAULT_DIRECTORY);

    @Option(
        names = "--name",
        paramLabel = "NAME",
        required = true,
        description = "A name that is yours, as an address without scheme: witness.example.com/w1.")
    private String name = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Path key = directory.resolve("key");
      if (Files.exists(key)) {
        throw new ParameterException(
            spec.commandLine(), "%s exists; a witness keeps its key for life".formatted(key));
      }
      NoteSigner signer;
      try {
        signer = NoteSigner.generate(name, new SecureRandom());
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
      }
      PrivateFile.write(key, signer.privateKey() + "\n");
      Path list = directory.resolve("logs.list");
      if (!Files.exists(list)) {
        PrivateFile.write(list, "# log <vkey> or logs <vkey>, one a line\n");
      }
      spec.commandLine().getOut().println(signer.cosignatureKey());
      return Exit.OK;
    }
  }
}
