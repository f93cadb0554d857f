package ai.rails.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.google.crypto.tink.subtle.Ed25519Sign;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.IssuedCertificate;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.SignIn;
import ai.rails.command.CommandServices;
import ai.rails.command.http.ApiDescription;
import ai.rails.command.policy.OpaConfig;
import ai.rails.command.policy.PlatformPolicy;
import ai.rails.connector.Connectors;
import ai.rails.connector.PublishedConnectors;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.Health;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.OpenApi;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.Tls;
import ai.rails.platform.identity.HttpFetch;
import ai.rails.platform.identity.IdentityProvider;
import ai.rails.platform.identity.ProviderTokens;
import ai.rails.platform.identity.SignInPoints;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.telemetry.Measure;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.platform.workflow.CelConditions;
import ai.rails.projection.ReadSide;
import ai.rails.projection.feed.Feed;
import ai.rails.projection.http.Console;
import ai.rails.stream.StreamProcessors;

/// The stages of our own that run in the launcher: write side and read side on one port, the worker
/// protocol on another, and the stream side.
final class Stages {
  private static final Duration SERVICE_TOKEN = Duration.ofHours(1);
  private static final Duration OPA_TOKEN = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

  private final Embedded embedded;
  private final Path opa;
  private final InstantSource clock = InstantSource.system();
  private final SystemIds ids = new SystemIds();
  private volatile @Nullable CommandServices services;
  private volatile @Nullable ReadSide readSide;
  private volatile @Nullable DevelopmentIssuer issuer;
  private volatile @Nullable Telemetry telemetry;

  /// @param opa its binary, with which policies are simulated
  Stages(Embedded embedded, Path opa) {
    this.embedded = embedded;
    this.opa = opa;
  }

  Stage command() {
    return new CommandStage();
  }

  Stage stream() {
    return new StreamStage();
  }

  WorkersStage.Demand demand() {
    return new WorkersStage.Demand(
        () -> services().activeWorkflows(),
        () -> services().workers().ended(),
        () -> services().workers().waiting(),
        (tenant, worker) -> {
          boolean _ = services().workers().retire(tenant, worker, "SCALED_DOWN");
        });
  }

  CommandServices services() {
    return started(services, "the write side");
  }

  ReadSide readSide() {
    return started(readSide, "the read side");
  }

  DevelopmentIssuer issuer() {
    return started(issuer, "the development issuer");
  }

  Telemetry telemetry() {
    return started(telemetry, "telemetry");
  }

  private static <T> T started(@Nullable T part, String name) {
    return Optional.ofNullable(part).orElseThrow(() -> new Unavailable(name + " has not started"));
  }

  private FixedWays ways(Settings settings) throws GeneralSecurityException {
    return FixedWays.of(
        settings, new Ed25519Sign(embedded.ticketKeys().getPrivateKey()), ids, clock);
  }

  static Properties properties(EffectiveProperties effective) {
    Properties properties = new Properties();
    properties.putAll(effective.values());
    return properties;
  }

  /// Write side, read side and their two ports, and what OPA starts from.
  private final class CommandStage implements Stage {
    private final List<AutoCloseable> running = new ArrayList<>();

    @Override
    public String name() {
      return "services";
    }

    @Override
    public void start(EffectiveProperties effective) {
      try {
        begin(effective);
      } catch (IOException | GeneralSecurityException e) {
        stop();
        throw new Unavailable("the services did not start: " + e.getMessage(), e);
      } catch (RuntimeException e) {
        stop();
        throw e;
      }
    }

    private void begin(EffectiveProperties effective) throws IOException, GeneralSecurityException {
      Settings settings = Settings.of(effective.with("opa.binary", opa.toString()).values());
      PostgresConfig postgres = PostgresConfig.of(properties(effective));
      Telemetry traces = kept(Telemetry.start("airails", settings));
      telemetry = traces;
      DevelopmentIssuer tokens =
          WhoMayEnter.developmentIssuer(settings, embedded.data().root(), clock, ids);
      issuer = tokens;
      Connectors connectors =
          new PublishedConnectors(Path.of(effective.require("connectors.dir"))).load();
      CommandServices write =
          kept(
              CommandServices.start(
                  settings,
                  postgres,
                  new CommandServices.Surroundings(
                      new WorkflowTexts(connectors),
                      new CelConditions(),
                      new Catalogue(connectors),
                      new Ed25519Sign(embedded.ticketKeys().getPrivateKey()),
                      clock,
                      new SecureRandom(),
                      ids)));
      services = write;
      ReadEvidence evidence = kept(ReadEvidence.open(settings, tokens, ways(settings), clock));
      ReadSide read =
          kept(
              ReadSide.start(
                  postgres,
                  new Feed.Source(
                      KafkaLogin.of(effective, "svc-projection").properties(),
                      settings.text("stream.instance", "1")),
                  clock,
                  evidence.evidence()));
      readSide = read;
      List<IdentityProvider> providers = IdentityProvider.all(settings);
      var fetch = kept(new HttpFetch());
      var entry =
          new WhoMayEnter(
              tokens.tokens(),
              new ProviderTokens(providers, fetch, clock, System::nanoTime),
              !providers.isEmpty());
      List<Route> pages =
          providers.isEmpty()
              ? developmentConsole(tokens)
              : new Console(SignIn.at(new SignInPoints(providers, fetch, System::nanoTime)))
                  .routes();
      serve(effective, write, read, pages, tokens, write.authenticator(entry), traces);
      writeOpaConfig(settings, write, tokens);
      kept(traces.observe(measures()));
      kept(read::endWaiting);
      kept(write::endWaiting);
    }

    private <T extends AutoCloseable> T kept(T part) {
      running.addFirst(part);
      return part;
    }

    private void serve(
        EffectiveProperties effective,
        CommandServices write,
        ReadSide read,
        List<Route> pages,
        DevelopmentIssuer tokens,
        Authenticator entry,
        Telemetry traces)
        throws IOException, GeneralSecurityException {
      List<Route> routes = new ArrayList<>(write.routes());
      routes.addAll(read.routes());
      routes.addAll(pages);
      routes.addAll(Health.routes(Map.of("projections", read::healthy)));
      routes.addAll(
          OpenApi.routes(OpenApi.merge(List.of(ApiDescription.clients(), ReadSide.description()))));
      kept(
          HttpServer.start(
              Binding.plain("127.0.0.1", effective.requireInt("command.port")),
              routes,
              entry,
              write.refusals(),
              traces));
      IssuedCertificate certificate = embedded.ca().server("worker-port", List.of("localhost"));
      kept(
          HttpServer.start(
              new Binding(
                  "127.0.0.1",
                  effective.requireInt("worker.port"),
                  Optional.of(
                      Tls.context(
                          certificate.pkcs12(),
                          effective.require("tls.store.password"),
                          embedded.ca().certificateFile()))),
              Stream.concat(write.workerRoutes().stream(), read.workerRoutes().stream()).toList(),
              tokens.tokens(),
              Refusals.UNRECORDED,
              traces));
    }

    private List<Route> developmentConsole(DevelopmentIssuer tokens) {
      var entrance = new ConsoleEntrance(embedded);
      var signIn = new SignIn(tokens, entrance.key(), ids::secret, clock, entrance::tenants);
      return Stream.concat(
              signIn.routes().stream(),
              new Console(() -> List.of(SignIn.identity())).routes().stream())
          .toList();
    }

    private void writeOpaConfig(Settings settings, CommandServices write, DevelopmentIssuer tokens)
        throws IOException, GeneralSecurityException {
      Path directory = embedded.data().opa();
      Files.createDirectories(directory.resolve("local"));
      Path token = directory.resolve("service.token");
      keepToken(tokens, token);
      OpaConfig config = write.opaConfig(settings, token, directory.resolve("bundles"));
      PrivateFile.write(directory.resolve("opa.yaml"), config.yaml());
      PrivateFile.write(
          directory.resolve("local").resolve("authz.rego"),
          new String(PlatformPolicy.systemAuthz(), java.nio.charset.StandardCharsets.UTF_8));
      PrivateFile.write(directory.resolve("local").resolve("local.json"), config.localData());
    }

    /// OPA's token for the bundle server, replaced when half of its life is over.
    private void keepToken(DevelopmentIssuer tokens, Path file) {
      Runnable write =
          () -> {
            try {
              PrivateFile.write(
                  file, tokens.issue("platform", "svc-opa", Set.of(Role.SERVICE), OPA_TOKEN));
            } catch (GeneralSecurityException | UncheckedIOException e) {
              LOG.atError().setCause(e).log("OPA's token was not renewed; policy ends with it");
            }
          };
      write.run();
      ScheduledExecutorService renewal =
          kept(
              Executors.newSingleThreadScheduledExecutor(
                  Thread.ofVirtual().name("opa-token-").factory()));
      long half = OPA_TOKEN.dividedBy(2).toSeconds();
      var _ = renewal.scheduleAtFixedRate(write, half, half, TimeUnit.SECONDS);
    }

    @Override
    public void stop() {
      for (AutoCloseable part : running) {
        try {
          part.close();
        } catch (Exception e) {
          // What hangs, such as a long poll, must not keep the rest from stopping.
          LOG.atWarn().addKeyValue("cause", e.getMessage()).log("a service did not stop in time");
        }
      }
      running.clear();
    }

    @Override
    public List<Measure> measures() {
      return Stream.concat(services().measures().stream(), readSide().measures().stream()).toList();
    }

    @Override
    public String health() {
      ReadSide read = readSide;
      CommandServices write = services;
      if (write == null || read == null) {
        return "down: not started";
      }
      if (!write.healthy()) {
        return "down: no timer runs; start again with: rails down, rails up";
      }
      return read.healthy() ? "up" : "down: " + read.failure();
    }
  }

  /// Relay, provisioner and ledger.
  private final class StreamStage implements Stage {
    private volatile @Nullable StreamProcessors processors;
    private Telemetry.Observed observed = () -> {};

    @Override
    public String name() {
      return "streams";
    }

    @Override
    public void start(EffectiveProperties effective) {
      try {
        StreamProcessors started =
            StreamProcessors.start(
                properties(effective),
                new StreamProcessors.Surroundings(
                    clock, new SecureRandom(), ways(Settings.of(effective.values())), this::token));
        processors = started;
        observed = telemetry().observe(started.measures());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the key of egress tickets can not sign", e);
      } catch (java.sql.SQLException e) {
        throw new Unavailable("the relay can not use PostgreSQL: " + e.getMessage(), e);
      }
    }

    private String token() {
      try {
        return issuer()
            .issue(
                "platform", "svc-provisioner", Set.of(Role.SERVICE, Role.PLATFORM), SERVICE_TOKEN);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the development issuer can not sign", e);
      }
    }

    @Override
    public void stop() {
      observed.close();
      StreamProcessors running = processors;
      if (running != null) {
        try {
          running.close();
        } catch (IOException e) {
          throw new UncheckedIOException("the relay did not stop", e);
        }
        processors = null;
      }
    }

    @Override
    public List<Measure> measures() {
      StreamProcessors running = processors;
      return running == null ? List.of() : running.measures();
    }

    @Override
    public String health() {
      StreamProcessors running = processors;
      if (running == null) {
        return "down: not started";
      }
      return running.health().up() ? "up" : "down: " + running.health();
    }
  }
}
