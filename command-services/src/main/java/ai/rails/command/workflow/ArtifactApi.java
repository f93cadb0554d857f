package ai.rails.command.workflow;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import ai.rails.domain.Limits;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;

/// `GET /v1/artifacts/{digest}`: what a published version does, as it was signed.
///
/// Artifacts are no events: their bytes are in the store alone, where each load checks digest and
/// signature, so this side answers. An artifact never changes under its digest.
public final class ArtifactApi {
  private final StoredArtifacts artifacts;

  public ArtifactApi(StoredArtifacts artifacts) {
    this.artifacts = artifacts;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/artifacts/{digest}", Label.STRONG, Access.anyRole(), this::artifact));
  }

  private Answer artifact(Request request) {
    String digest = Limits.requireId("digest", request.path("digest"));
    StoredArtifacts.Stored stored = artifacts.stored(request.principal().tenant(), digest);
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("digest", digest);
    tree.put("workspace", stored.workspace());
    tree.put("workflow", stored.workflow());
    tree.put("signingKeyId", stored.signingKeyId());
    tree.put("ingestPublicKey", Base64.getEncoder().encodeToString(stored.ingestPublic()));
    tree.put("artifact", Json.tree(stored.artifact()));
    return Answer.ok(tree).etag(digest.substring(digest.indexOf(':') + 1));
  }
}
