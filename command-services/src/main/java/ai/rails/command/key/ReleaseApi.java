package ai.rails.command.key;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.command.workflow.StoredArtifacts.Stored;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.Release;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;

/// The worker's way to its keys and its artifact, over mutual TLS.
public final class ReleaseApi {
  private final KeyRelease release;
  private final StoredArtifacts artifacts;
  private final WorkerInstances instances;

  public ReleaseApi(KeyRelease release, StoredArtifacts artifacts, WorkerInstances instances) {
    this.release = release;
    this.artifacts = artifacts;
    this.instances = instances;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/attestation/nonces",
            Label.STRONG,
            Access.worker(),
            request -> Answer.json(201, release.nonce(asking(request)))),
        new Route(
            "POST",
            "/v1/attestation/releases",
            Label.STRONG,
            Access.worker(),
            request ->
                Answer.ok(release.release(asking(request), request.json(ReleaseRequest.class)))),
        new Route(
            "POST", "/v1/attestation/confirmations", Label.STRONG, Access.worker(), this::confirm),
        new Route("GET", "/v1/worker/artifact", Label.STRONG, Access.worker(), this::artifact));
  }

  private static KeyRelease.Asking asking(Request request) {
    return new KeyRelease.Asking(
        request.worker(), request.clientKeySha256(), request.traceparent());
  }

  private Answer confirm(Request request) {
    release.confirm(asking(request), request.json(Confirmation.class));
    return Answer.empty(204);
  }

  private Answer artifact(Request request) {
    WorkerIdentity worker = request.worker();
    Stored stored = artifacts.stored(worker.tenant(), worker.artifactDigest());
    Workflow workflow = artifacts.load(worker.tenant(), worker.artifactDigest());
    Map<String, ai.rails.schema.worker.WorkerProtocol.Instance> found = new TreeMap<>();
    workflow
        .connectors()
        .forEach((alias, pin) ->
            instances
                .find(worker.tenant(), pin)
                .ifPresent(instance -> found.put(alias, instance.shown())));
    return Answer.ok(
        new Release(
            worker.artifactDigest(),
            WorkerInstances.base64(stored.artifact()),
            WorkerInstances.base64(stored.signature()),
            stored.signingKeyId(),
            found));
  }
}
