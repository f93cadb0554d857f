package ai.rails.command.http;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.CommandServices;
import ai.rails.command.CommandServices.Surroundings;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.OpenApi;
import ai.rails.platform.http.Route;
import ai.rails.schema.worker.RefreshProtocol;
import ai.rails.schema.worker.RunnerProtocol;
import ai.rails.schema.worker.WorkerProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/// What is described is what is served, both ways.
@Tag("slow")
class DescriptionTest {
  @TempDir private static Path data;
  private static TestStore store;
  private static CommandServices services;

  @BeforeAll
  static void start() throws Exception {
    store = TestStore.open();
    Settings settings =
        Settings.of(
            Map.of(
                "cell.id", "c1",
                "region", "eu",
                "environment.kind", "test",
                "data.dir", data.toString(),
                "opa.url", "http://127.0.0.1:1",
                "opa.token", "t",
                "egress.proxyId", "p1",
                "command.url", "http://127.0.0.1:1"));
    services =
        CommandServices.start(
            settings,
            store.config(),
            new Surroundings(
                new TestCompiler(),
                (_, _, _) -> true,
                (_, _) -> Optional.empty(),
                new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey()),
                InstantSource.fixed(Office.NOON),
                new Random(1),
                new TestIds()));
  }

  @AfterAll
  static void stop() {
    services.close();
    store.close();
  }

  @Test
  void clientRoutesAreTheDescribedOnes() {
    assertThat(names(services.routes()))
        .containsExactlyInAnyOrderElementsOf(OpenApi.operations(ApiDescription.clients()));
  }

  @Test
  void workerRoutesAreTheDescribedOnes() {
    List<String> ofTheReadSide = List.of("GET /v1/worker/tenant-log");
    List<String> described = OpenApi.operations(ApiDescription.workers());

    assertThat(names(services.workerRoutes())).doesNotContainAnyElementsOf(ofTheReadSide);
    assertThat(Stream.concat(names(services.workerRoutes()).stream(), ofTheReadSide.stream()))
        .containsExactlyInAnyOrderElementsOf(described);
    assertThat(services.workerRoutes())
        .allSatisfy(route ->
            assertThat(route.access())
                .isInstanceOf(
                    route.path().startsWith("/v1/runner/")
                        ? Access.Runner.class
                        : Access.Worker.class));
  }

  @Test
  void labelsAreTheDescribedOnes() {
    ObjectNode paths = (ObjectNode) ApiDescription.clients().path("paths");
    for (Route route : services.routes()) {
      JsonNode operation =
          paths.path(route.path()).path(route.method().toLowerCase(java.util.Locale.ROOT));
      assertThat(operation.path("x-consistency").asText())
          .as(route.name())
          .isEqualTo(route.label() == Label.STRONG ? "strong" : "eventual");
      boolean open = operation.has("security") && operation.path("security").isEmpty();
      assertThat(route.access() instanceof Access.Open).as(route.name()).isEqualTo(open);
    }
  }

  @Test
  void everyPostWithATokenTakesAnIdempotencyKey() {
    ObjectNode paths = (ObjectNode) ApiDescription.clients().path("paths");
    for (Route route : services.routes()) {
      boolean keyed = route.method().equals("POST") && route.access() instanceof Access.Roles;
      JsonNode operation =
          paths.path(route.path()).path(route.method().toLowerCase(java.util.Locale.ROOT));
      assertThat(operation.path("parameters").toString().contains("IdempotencyKey"))
          .as(route.name())
          .isEqualTo(keyed);
    }
  }

  @Test
  void workerBodiesHaveTheMembersOfTheProtocol() {
    JsonNode schemas = ApiDescription.workers().path("components").path("schemas");
    for (Class<?> body :
        Stream.of(WorkerProtocol.class, RunnerProtocol.class, RefreshProtocol.class)
            .flatMap(protocol -> Arrays.stream(protocol.getDeclaredClasses()))
            .toList()) {
      JsonNode schema = schemas.path(body.getSimpleName());
      Set<String> described = new TreeSet<>();
      schema.path("properties").fieldNames().forEachRemaining(described::add);
      Set<String> required =
          schema.path("required").valueStream().map(JsonNode::asText).collect(Collectors.toSet());
      List<RecordComponent> members = Arrays.asList(body.getRecordComponents());

      assertThat(described)
          .as(body.getSimpleName())
          .containsExactlyInAnyOrderElementsOf(
              members.stream().map(RecordComponent::getName).toList());
      assertThat(required)
          .as(body.getSimpleName())
          .containsExactlyInAnyOrderElementsOf(
              members.stream()
                  .filter(member -> member.getType() != Optional.class)
                  .map(RecordComponent::getName)
                  .toList());
    }
  }

  private static List<String> names(List<Route> routes) {
    return routes.stream().map(Route::name).toList();
  }
}
