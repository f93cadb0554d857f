package ai.rails.command.policy;

import java.util.List;
import java.util.Optional;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;

/// `GET /policy/v1/bundles/{name}`: where OPA gets its signed bundles, with long polling.
public final class BundleApi {
  private static final String ENDING = ".tar.gz";

  private final PolicyBundles bundles;

  public BundleApi(PolicyBundles bundles) {
    this.bundles = bundles;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/policy/v1/bundles/{name}",
            Label.STRONG,
            Access.roles(Role.SERVICE),
            this::bundle));
  }

  private Answer bundle(Request request) {
    String file = request.path("name");
    if (!file.endsWith(ENDING)) {
      throw Problem.notFound("bundle " + file);
    }
    Optional<String> known = request.header("If-None-Match");
    BundleResponse response =
        bundles.get(
            file.substring(0, file.length() - ENDING.length()),
            known,
            PolicyBundles.waitOf(request.header("Prefer")));
    Answer answer =
        Answer.bytes(
            response.status(),
            response.headers().getOrDefault("Content-Type", Answer.JSON),
            response.body());
    return Optional.ofNullable(response.headers().get("ETag"))
        .map(tag -> answer.header("ETag", tag))
        .orElse(answer);
  }
}
