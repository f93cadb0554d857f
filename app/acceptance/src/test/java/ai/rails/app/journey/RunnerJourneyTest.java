package ai.rails.app.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipFile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.Ticket;
import ai.rails.app.demo.World;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.evidence.EvidenceCommand;
import ai.rails.app.http.Api;
import ai.rails.app.journey.Triage.Started;
import ai.rails.enclave.runner.RunnerConfig;
import ai.rails.enclave.runner.RunnerProcess;
import ai.rails.platform.config.Settings;
import ai.rails.platform.evidence.BundleVerifier;
import ai.rails.platform.evidence.Trust;
import ai.rails.platform.evidence.Verdict;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.schema.EventCodec;

import static org.assertj.core.api.Assertions.assertThat;

/// A connector instance that no worker reaches: an attested worker seals its calls to a runner, a
/// process of its own with an egress proxy of its own, which makes them. Policy must say so first,
/// and the evidence says UNATTESTED.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class RunnerJourneyTest {
  private static final String INSTANCE = "servicenow-plant";
  private static final String WORKFLOW = "plant-read";
  private static final String SOURCE =
      """
      apiVersion: airails.dev/v1
      kind: Workflow
      metadata:
        id: plant-read
        version: 1.0.0
        title: Reads where no worker reaches

      inputs:
        sys_id: id

      triggers:
        - id: manual
          kind: manual

      connectors:
        servicenow: {connector: servicenow, version: 1.0.0, instance: servicenow-plant}

      steps:
        - id: fetch
          kind: tool
          use: servicenow.get-incident
          with:
            sys_id: {from: /inputs/sys_id}
          disclose:
            number: id
          retry: {attempts: 3, backoff: PT1S, maxBackoff: PT2S}
          timeout: PT30S

      limits:
        duration: PT10M
        cost: 0.50 USD

      settings: {}
      """;

  @TempDir private Path directory = Path.of(".");

  @Test
  void aCallGoesByARunnerOncePolicyLetsItAndIsMarkedUnattested(Cell cell) throws Exception {
    Triage triage = cell.secondTenant();
    var administrators = new Administrators(triage);
    Ticket ticket = triage.report();
    Map<String, String> inputs = Map.of("sys_id", ticket.sysId());
    Path settings = runner(cell, administrators);
    try (RailsProcess process =
        RailsProcess.start(
            directory.resolve("runner.log"),
            "READY runner",
            Map.of(),
            "runner",
            "run",
            settings.toString())) {
      behindTheRunner(cell, administrators);

      String refused = administrators.start(WORKFLOW, inputs);
      Triage.await("the end of " + refused, () -> ended(triage, refused));
      assertThat(triage.status(refused)).isEqualTo("FAILED");
      assertThat(triage.events(refused).toString()).contains("runner.not_granted");

      administrators.policy(RunnerJourneyTest::allow);
      String run = administrators.start(WORKFLOW, inputs);
      Triage.await("the end of " + run, () -> ended(triage, run));
      assertThat(triage.status(run)).as(process.output()).isEqualTo("COMPLETED");
      assertUnattested(cell, triage, new Started(run, ticket));
    }
  }

  private static boolean ended(Triage triage, String run) {
    return List.of("COMPLETED", "FAILED", "CANCELLED").contains(triage.status(run));
  }

  private void assertUnattested(Cell cell, Triage triage, Started started) throws Exception {
    Path file = directory.resolve("bundle.zip");
    triage.evidence(started, file);
    Verdict verdict =
        new BundleVerifier(new EventCodec(), EvidenceCommand.DOCUMENTS)
            .verify(file, Trust.directory(cell.data().resolve("trust")));
    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.warnings())
        .anyMatch(each -> each.startsWith("UNATTESTED: runner plant-1 made 1 call"));
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String report =
          zip.stream()
              .filter(entry -> entry.getName().endsWith("report.html"))
              .map(entry -> text(zip, entry))
              .findFirst()
              .orElseThrow();
      assertThat(report).contains("UNATTESTED", "plant-1");
    }
  }

  private static String text(ZipFile zip, java.util.zip.ZipEntry entry) {
    try (var in = zip.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A runner of the tenant's workspace, registered; what it is started with.
  private Path runner(Cell cell, Administrators administrators)
      throws IOException, GeneralSecurityException {
    Triage triage = administrators.triage();
    EffectiveProperties cellsOwn = cell.stack().properties();
    var me =
        new RunnerIdentity(triage.tenant(), triage.workspace(), Flagship.ENVIRONMENT, "plant-1");
    DevelopmentCa ca =
        DevelopmentCa.open(
            cell.data().resolve("tls"),
            cellsOwn.require("tls.store.password"),
            InstantSource.system(),
            new SecureRandom());
    SortedMap<String, String> values = new TreeMap<>();
    for (String key :
        List.of("tls.ca.file", "egress.ticket.public", "environment.kind", "connectors.dir")) {
      values.put(key, cellsOwn.require(key));
    }
    values.put("runner.url", cellsOwn.require("worker.url"));
    values.put("runner.tls.file", ca.client("runner-plant-1", me.uri()).pkcs12().toString());
    values.put("runner.tls.password", cellsOwn.require("tls.store.password"));
    values.put("runner.key.file", directory.resolve("runner.key").toString());
    values.put("runner.gateway.ca.file", cellsOwn.require("tls.ca.file"));
    values.put("data.dir", directory.resolve("runner").toString());
    values.put("egress.proxyId", me.proxyId());
    values.put(
        "egress.port",
        String.valueOf(
            Ports.open(directory.resolve("ports.properties"), new SecureRandom()).of("runner")));
    values.put(
        "egress.development.allow",
        World.developmentHosts(cell.stack().world().standIns().ports()));
    Path file = directory.resolve("runner.properties");
    new EffectiveProperties(values).write(file);
    JsonNode card =
        Api.JSON.readTree(Json.write(RunnerProcess.card(RunnerConfig.of(Settings.load(file)))));
    JsonNode made =
        administrators.post(administrators.admin(), administrators.path("runners"), card);
    assertThat(made.path("proxyId").asText()).isEqualTo(me.proxyId());
    assertThat(made.path("ticketPublicKey").asText())
        .isEqualTo(cellsOwn.require("egress.ticket.public"));
    return file;
  }

  /// ServiceNow behind the runner, and a workflow that reads there.
  private static void behindTheRunner(Cell cell, Administrators administrators) throws IOException {
    World.Secrets secrets =
        World.Secrets.of(
            Secrets.open(cell.data().resolve("secrets.properties"), new SecureRandom()));
    administrators.connect(
        INSTANCE,
        "servicenow",
        Flagship.SERVICE_NOW_HOST,
        Map.of("runner", "plant-1"),
        Map.of("client_id", secrets.clientId(), "client_secret", secrets.clientSecret()));
    administrators.publish(
        WORKFLOW, SOURCE, List.of(Map.of("connector", "servicenow", "action", "get-incident")));
  }

  private static void allow(ObjectNode data) {
    data.putObject("runners")
        .putObject("plant-1")
        .setAll(
            Map.of(
                "connectors", Api.JSON.createArrayNode().add("servicenow"),
                "risk", Api.JSON.createArrayNode().add("R0")));
  }
}
