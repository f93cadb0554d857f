package ai.rails.app.bench.once;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.Tenancy;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.platform.http.DevelopmentIssuer;

/// Starts runs, looks at them and resolves what only a person may, through the public API. While
/// the API is away its questions have no answer, and its requests are sent again under their key.
final class Caller {
  private static final int PAGE = 200;

  private final Api api;
  private final People people;
  private final String tenant;
  private final String workspace;

  Caller(Battered cell, String tenant, String workspace) {
    this.tenant = tenant;
    this.workspace = workspace;
    try {
      Path data = cell.data();
      this.api = new Api(java.net.URI.create(cell.effective().getOrDefault("command.url", "")));
      this.people =
          new People(
              DevelopmentIssuer.open(
                  data, InstantSource.system(), () -> UUID.randomUUID().toString()));
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
      String asked = next;
      JsonNode page =
          get(asked).orElseThrow(() -> new Unavailable("the API does not answer " + asked));
      page.path("items").forEach(all::add);
      String cursor = page.path("next").asText();
      next =
          cursor.isEmpty()
              ? ""
              : path
                  + "&cursor="
                  + java.net.URLEncoder.encode(cursor, java.nio.charset.StandardCharsets.UTF_8);
    }
    return all;
  }

  private Optional<JsonNode> get(String path) {
    return answered(() -> api.get(people.operator(tenant), path))
        .filter(answer -> answer.status() == 200)
        .map(Api.Answer::body);
  }

  private static Optional<Api.Answer> answered(java.util.function.Supplier<Api.Answer> question) {
    try {
      return Optional.of(question.get());
    } catch (Unavailable _) {
      return Optional.empty();
    }
  }
}
