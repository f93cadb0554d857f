package ai.rails.domain.access;

/// What can be noted about access. One stream holds one workspace's hour, so that streams stay
/// short.
public sealed interface AccessCommand {
  String tenant();

  /// The stream: `<workspace>/<yyyy-MM-dd'T'HH>`.
  String hour();

  /// A principal was refused. The same refusal in the same hour is noted once.
  record NoteRefusal(
      String tenant, String hour, String principal, String route, String resource, String code)
      implements AccessCommand {}
}
