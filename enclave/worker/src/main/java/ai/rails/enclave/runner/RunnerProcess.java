package ai.rails.enclave.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.connector.PriceTable;
import ai.rails.enclave.gateway.Gateway;
import ai.rails.enclave.gateway.OfflineModel;
import ai.rails.enclave.gateway.TlsTrust;
import ai.rails.enclave.worker.Backoff;
import ai.rails.enclave.worker.Ending;
import ai.rails.enclave.worker.OwnCertificate;
import ai.rails.enclave.worker.Wire;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.http.Tls;
import ai.rails.platform.keys.RunnerCard;

/// Puts a runner together from its settings and runs it until the process is told to end.
public final class RunnerProcess {
  private static final String EXIT_WITH_PARENT = "--exit-with-parent";
  private static final Duration RETRY_FIRST = Duration.ofMillis(100);
  private static final Duration RETRY_MOST = Duration.ofSeconds(5);

  private RunnerProcess() {}

  /// @param arguments `[--exit-with-parent] runner.properties`
  public static void main(String... arguments)
      throws IOException, GeneralSecurityException, InterruptedException {
    List<String> given = List.of(arguments);
    boolean exitWithParent = given.contains(EXIT_WITH_PARENT);
    List<String> files = given.stream().filter(each -> !each.startsWith("--")).toList();
    if (files.size() != 1 || given.size() != (exitWithParent ? 2 : 1)) {
      throw new IllegalArgumentException(
          "usage: RunnerProcess [%s] runner.properties".formatted(EXIT_WITH_PARENT));
    }
    RunnerConfig config = RunnerConfig.of(Settings.load(Path.of(files.getFirst())));
    try (var ending = Ending.begin(exitWithParent)) {
      run(config, InstantSource.system(), ending::stops);
    }
  }

  /// Takes how the runner is stopped.
  @FunctionalInterface
  interface Started {
    void stops(Runnable stop);
  }

  /// Blocks until the runner was stopped.
  static void run(RunnerConfig config, InstantSource clock, Started started)
      throws IOException, GeneralSecurityException, InterruptedException {
    OwnCertificate.Entry own = own(config);
    RunnerIdentity identity = identity(own);
    RunnerKey key = RunnerKey.open(config.key());
    RandomGenerator random = new SecureRandom();
    try (var files = new SealedFiles(config.spool(), key.spool());
        Wire wire =
            new Wire(
                config.controlPlane(),
                Tls.context(config.identity(), config.identityPassword(), config.authority()),
                new Backoff(RETRY_FIRST, RETRY_MOST, random))) {
      var bounds = new Spool.Bounds(config.calls(), config.bytes(), config.kept());
      var runner =
          new Runner(
              identity,
              key.sealing(),
              new Runner.Parts(
                  wire,
                  gateway(config, clock),
                  new Spool(files, bounds, random, clock),
                  new Notes(files, clock),
                  config.pause(),
                  clock));
      started.stops(runner::stop);
      System.out.println("READY runner " + identity.runner());
      runner.run();
    }
  }

  /// The runner's public half, to be registered; makes its key if there is none.
  ///
  /// @throws GeneralSecurityException if the certificate names no runner
  public static RunnerCard card(RunnerConfig config) throws IOException, GeneralSecurityException {
    OwnCertificate.Entry own = own(config);
    return RunnerCard.sign(
        own.chain(), own.key(), RunnerKey.open(config.key()).sealing().publicKey());
  }

  /// Who a runner's certificate says that it is.
  public static RunnerIdentity identity(RunnerConfig config)
      throws IOException, GeneralSecurityException {
    return identity(own(config));
  }

  private static OwnCertificate.Entry own(RunnerConfig config)
      throws IOException, GeneralSecurityException {
    return OwnCertificate.entry(config.identity(), config.identityPassword())
        .orElseThrow(
            () -> new GeneralSecurityException(config.identity() + " holds no certificate"));
  }

  private static RunnerIdentity identity(OwnCertificate.Entry own) throws GeneralSecurityException {
    return RunnerIdentity.of(own.chain().getFirst())
        .orElseThrow(() ->
            new GeneralSecurityException(
                "the certificate has no airails-runner:// name; issue a runner's certificate"));
  }

  private static Gateway gateway(RunnerConfig config, InstantSource clock)
      throws IOException, GeneralSecurityException {
    Optional<Path> authorities = config.worldAuthorities();
    TlsTrust trust = authorities.isPresent() ? TlsTrust.of(authorities.get()) : TlsTrust.system();
    return new Gateway(
        config.connectors(), PriceTable.current(), config.proxy(), trust, new NoModel(), clock);
  }

  /// Connectors that reach no host need no runner.
  private static final class NoModel implements OfflineModel {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public String id() {
      return "none";
    }

    @Override
    public JsonNode triage(JsonNode params) {
      throw new IllegalStateException("a runner has no model");
    }
  }
}
