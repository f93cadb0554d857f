package ai.rails.app.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Unavailable;
import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.Transport;
import ai.rails.standin.servicenow.DemoIncidents;
import ai.rails.standin.servicenow.InstanceSettings;
import ai.rails.standin.servicenow.SeedIncident;
import ai.rails.standin.servicenow.ServiceNowStandIn;

/// What the peer works on: a PostgreSQL with the product's own settings, and the ServiceNow
/// stand-in over TLS.
final class Site implements AutoCloseable {
  private static final String SUPER_USER = "postgres";
  private static final String DATABASE = "durable_peer";
  private static final String CLIENT = "bench";

  private final Secrets secrets;
  private final Postgres postgres;
  private final ServiceNowStandIn serviceNow;
  private final SSLContext tls;

  private Site(Secrets secrets, Postgres postgres, ServiceNowStandIn serviceNow, SSLContext tls) {
    this.secrets = secrets;
    this.postgres = postgres;
    this.serviceNow = serviceNow;
    this.tls = tls;
  }

  /// @param data an installation's directory, whose cluster is taken; it must not run
  static Site open(Path data, Path postgresBinaries) {
    SecureRandom random = new SecureRandom();
    Secrets secrets = Secrets.open(data.resolve("secrets.properties"), random);
    Ports ports = Ports.open(data.resolve("ports.properties"), random);
    SSLContext tls = tls(data, secrets.of("tls.store.password"), random);
    Postgres postgres =
        Postgres.start(data.resolve("postgres"), postgresBinaries, ports.of("postgres"), secrets);
    try {
      createDatabase(postgres);
      return new Site(secrets, postgres, serviceNow(data, secrets, tls, random), tls);
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  Connection administer() {
    try {
      return postgres.connect(DATABASE);
    } catch (SQLException e) {
      throw new Unavailable("PostgreSQL did not let the benchmark in: " + e.getMessage(), e);
    }
  }

  Peer.Database database() {
    return new Peer.Database(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), DATABASE),
        SUPER_USER,
        secrets.of("postgres.super.password"));
  }

  Desk desk() {
    return Desk.open(serviceNow.uri(), tls, CLIENT, secrets.of("bench.servicenow.client"));
  }

  /// Reports that many incidents and returns their ids.
  List<String> report(int count) {
    List<DemoIncidents.Labelled> texts = DemoIncidents.all();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SeedIncident text = texts.get(i % texts.size()).incident();
      String id = "be0c%028x".formatted(i);
      serviceNow.seedIncident(
          new SeedIncident(
              id,
              "INC8%06d".formatted(i),
              text.shortDescription(),
              text.description(),
              text.callerId()));
      ids.add(id);
    }
    return ids;
  }

  @Override
  public void close() {
    serviceNow.close();
    postgres.close();
  }

  private static void createDatabase(Postgres postgres) {
    try (Connection connection = postgres.connect(SUPER_USER);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS " + DATABASE);
      statement.execute("CREATE DATABASE " + DATABASE);
    } catch (SQLException e) {
      throw new Unavailable("the peer's database was not made: " + e.getMessage(), e);
    }
  }

  private static ServiceNowStandIn serviceNow(
      Path data, Secrets secrets, SSLContext tls, SecureRandom random) {
    InstantSource clock = InstantSource.system();
    return ServiceNowStandIn.start(
        new ServiceNowStandIn.Start(
            InstanceSettings.withClient(
                "https://bench.service-now.test", CLIENT, secrets.of("bench.servicenow.client")),
            secrets.of("bench.servicenow.webhook"),
            new Transport.Tls(tls),
            0,
            Journal.open(data.resolve("bench").resolve("servicenow.jsonl"), clock),
            clock,
            new Ids(random)));
  }

  private static SSLContext tls(Path data, String password, SecureRandom random) {
    DevelopmentCa ca =
        DevelopmentCa.open(data.resolve("tls"), password, InstantSource.system(), random);
    Path key = ca.server("bench", List.of()).pkcs12();
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store(key, password), password.toCharArray());
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(store(ca.trustStore(), password));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trusted.getTrustManagers(), random);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the stand-in's certificate can not be used", e);
    }
  }

  private static KeyStore store(Path file, String password) throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
