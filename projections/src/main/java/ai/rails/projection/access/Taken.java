package ai.rails.projection.access;

import java.util.Optional;

import ai.rails.domain.access.EvidenceScope;
import ai.rails.platform.http.Request;

/// Who is about to be given what.
///
/// @param principal opaque id
/// @param workspace whose evidence
/// @param route method and template
/// @param export with a bundle
public record Taken(
    String tenant,
    String principal,
    String workspace,
    String route,
    String resource,
    Optional<Export> export) {
  /// What a bundle is of.
  ///
  /// @param treeSize of the checkpoint that it is proved against
  public record Export(EvidenceScope scope, long treeSize) {}

  /// Something is read.
  public static Taken reading(Request request, String workspace, String resource) {
    return of(request, workspace, resource, Optional.empty());
  }

  /// A bundle is exported.
  public static Taken export(Request request, String workspace, String resource, Export export) {
    return of(request, workspace, resource, Optional.of(export));
  }

  private static Taken of(
      Request request, String workspace, String resource, Optional<Export> export) {
    return new Taken(
        request.principal().tenant(),
        request.principal().subject(),
        workspace,
        request.route().name(),
        resource,
        export);
  }
}
