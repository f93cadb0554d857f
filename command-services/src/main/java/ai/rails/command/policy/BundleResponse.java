package ai.rails.command.policy;

import java.util.Map;

/// What the bundle server answers; whoever serves HTTP writes it as it is.
///
/// @param status 200, 304 or 404
/// @param headers `ETag` and `Content-Type`
@SuppressWarnings("ArrayRecordComponent") // never compared
public record BundleResponse(int status, Map<String, String> headers, byte[] body) {
  // OPA long-polls only a server that answers with this type.
  private static final String TYPE = "application/vnd.openpolicyagent.bundles";

  public BundleResponse {
    headers = Map.copyOf(headers);
  }

  static BundleResponse of(SignedBundle bundle) {
    return new BundleResponse(
        200, Map.of("ETag", bundle.etag(), "Content-Type", TYPE), bundle.archive());
  }

  static BundleResponse unchanged(SignedBundle bundle) {
    return new BundleResponse(
        304, Map.of("ETag", bundle.etag(), "Content-Type", TYPE), new byte[0]);
  }

  static BundleResponse unknown() {
    return new BundleResponse(404, Map.of(), new byte[0]);
  }
}
