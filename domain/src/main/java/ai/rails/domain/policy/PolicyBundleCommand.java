package ai.rails.domain.policy;

/// What a policy bundle can be asked.
public sealed interface PolicyBundleCommand {
  String bundle();

  /// Makes new content take effect. The same content again changes nothing.
  ///
  /// @param bundle `platform` or `t_<tenant>`
  /// @param contentSha256 64 hex digits
  record PublishBundle(String bundle, String revision, String contentSha256, String author)
      implements PolicyBundleCommand {}
}
