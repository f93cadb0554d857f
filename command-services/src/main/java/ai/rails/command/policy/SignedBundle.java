package ai.rails.command.policy;

/// A bundle as it is served.
///
/// @param contentSha256 the same as long as nothing but the lease changes
/// @param archiveSha256 of the tarball; its strong entity tag
@SuppressWarnings("ArrayRecordComponent") // never compared
record SignedBundle(
    String name,
    String revision,
    long seq,
    String contentSha256,
    String archiveSha256,
    byte[] archive) {
  String etag() {
    return "\"" + archiveSha256 + "\"";
  }
}
