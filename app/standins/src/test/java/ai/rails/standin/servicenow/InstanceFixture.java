package ai.rails.standin.servicenow;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import ai.rails.standin.Form;
import ai.rails.standin.Journal;
import ai.rails.standin.MovableClock;
import ai.rails.standin.TestClient;
import ai.rails.standin.TestRandom;
import ai.rails.standin.Transport;

/// A running instance with one incident, two groups and three ways in.
final class InstanceFixture implements AutoCloseable {
  static final String INCIDENT = "a9e30c7dc61122760116894de7bcc7bd";
  static final String PATH = "/api/now/table/incident/" + INCIDENT;
  static final String NETWORK = "287ebd7da9fe198100f92cc8d1d2154e";
  static final String HARDWARE = "8a5055c9c61122780043563ef53438e3";
  static final String SECRET = "webhook-secret";

  final MovableClock clock = new MovableClock();
  final Path folder;
  final ServiceNowStandIn instance;

  InstanceFixture(Path folder, int requestsPerHour) {
    this.folder = folder;
    InstanceSettings settings =
        new InstanceSettings(
            "https://dev-instance.service-now.test",
            Map.of("admin", "admin-password", "reader", "reader-password"),
            Map.of("client", "client-secret"),
            "integration.airails",
            Map.of("key-1", "integration.airails"),
            Set.of("reader"),
            requestsPerHour,
            Duration.ofSeconds(1799));
    Journal journal = Journal.open(folder.resolve("servicenow.jsonl"), clock);
    instance =
        ServiceNowStandIn.start(
            new ServiceNowStandIn.Start(
                settings, SECRET, new Transport.Plain(), 0, journal, clock, TestRandom.ids(1)));
    instance.seedGroup(NETWORK, "Network");
    instance.seedGroup(HARDWARE, "Hardware");
    instance.seedChoice("incident", "state", "2", "In Progress");
    instance.seedIncident(
        new SeedIncident(INCIDENT, "INC0000046", "Can't access SFA software", "It times out.", ""));
  }

  TestClient client() {
    return new TestClient(
        instance.uri(), Map.of("x-sn-apikey", "key-1", "Content-Type", "application/json"));
  }

  TestClient anonymous() {
    return new TestClient(instance.uri(), Map.of("Content-Type", "application/json"));
  }

  TestClient.Reply token(Map<String, String> form) throws IOException, InterruptedException {
    return new TestClient(
            instance.uri(), Map.of("Content-Type", "application/x-www-form-urlencoded"))
        .post("/oauth_token.do", Form.encode(form));
  }

  @Override
  public void close() {
    instance.close();
  }
}
