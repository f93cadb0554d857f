package ai.rails.app.bench.once;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.Tenancy;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.app.http.Api;
import ai.rails.platform.http.DevelopmentIssuer;

/// Starts runs, looks at them and resolves what only a person may, through the public API. While
/// the API is away a question about one run has no answer and requests are sent again under their
/// key; a list, which is of use only whole, is waited for.
final class Caller {
  private static final int PAGE = 200;

  /// Longer than anything that was killed takes to come back.
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Api api;
  private final People people;
  private final String tenant;
  private final String workspace;

  Caller(Api api, People people, String tenant, String workspace) {
    this.api = api;
    this.people = people;
    this.tenant = tenant;
    this.workspace = workspace;
  }

  static Caller of(Battered cell, String tenant, String workspace) {
    try {
      return new Caller(
          new Api(URI.create(cell.effective().getOrDefault("command.url", ""))),
          new People(
              DevelopmentIssuer.open(
                  cell.data(), InstantSource.system(), () -> UUID.randomUUID().toString())),
          tenant,
          workspace);
    } catch (IOException | GeneralSecurityException e) {
      throw new Unavailable("the development issuer can not be opened", e);
    }
  }

  Tenancy tenancy() {
    return new Tenancy(api, people, tenant, workspace);
  }

  /// @return the run, once it is acknowledged; the same key never starts two
  Optional<String> start(String key, int number) {
    return answered(() ->
            api.post(
                people.operator(tenant),
                "/v1/runs",
                Map.of(
                    "workflow",
                    "once",
                    "environment",
                    Flagship.ENVIRONMENT,
                    "inputs",
                    Map.of("number", number)),
                key))
        .filter(answer -> answer.status() < 300)
        .map(answer -> answer.body().path("run").asText());
  }

  Optional<JsonNode> run(String run) {
    return get("/v1/runs/" + run);
  }

  /// Every entry of a run's ledger.
  List<JsonNode> events(String run) {
    return pages("/v1/runs/%s/events?limit=%s".formatted(run, PAGE));
  }

  /// Every call of the workspace that was intended.
  List<JsonNode> calls() {
    return pages("/v1/calls?workspace=%s&limit=%s".formatted(workspace, PAGE));
  }

  /// Every run of the workspace, ours or not.
  List<JsonNode> runs() {
    return pages("/v1/runs?workspace=%s&limit=%s".formatted(workspace, PAGE));
  }

  void resolve(String run, String call, String resolution) {
    var _ =
        answered(() ->
            api.post(
                people.operator(tenant),
                "/v1/runs/%s/calls/%s/resolve".formatted(run, call),
                Map.of("resolution", resolution)));
  }

  void retry(String run) {
    var _ =
        answered(
            () -> api.post(people.operator(tenant), "/v1/runs/%s/retry".formatted(run), Map.of()));
  }

  private List<JsonNode> pages(String path) {
    List<JsonNode> all = new ArrayList<>();
    String next = path;
    while (!next.isEmpty()) {
      JsonNode page = page(next);
      page.path("items").forEach(all::add);
      String cursor = page.path("next").asText();
      next =
          cursor.isEmpty()
              ? ""
              : path + "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    }
    return all;
  }

  private JsonNode page(String path) {
    List<JsonNode> answer = new ArrayList<>();
    Wait.until(
        PATIENCE,
        () -> {
          get(path).ifPresent(answer::add);
          return !answer.isEmpty();
        });
    return answer.stream()
        .findFirst()
        .orElseThrow(() -> new Unavailable("the API does not answer " + path));
  }

  private Optional<JsonNode> get(String path) {
    return answered(() -> api.get(people.operator(tenant), path))
        .filter(answer -> answer.status() == 200)
        .map(Api.Answer::body);
  }

  private static Optional<Api.Answer> answered(Supplier<Api.Answer> question) {
    try {
      return Optional.of(question.get());
    } catch (Unavailable _) {
      return Optional.empty();
    }
  }
}
