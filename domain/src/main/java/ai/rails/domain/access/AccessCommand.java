package ai.rails.domain.access;

import java.time.Instant;

import ai.rails.domain.access.AccessEvent.RevealGranted;

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

  /// A principal is about to read evidence. The same reading in the same minute is noted once.
  ///
  /// @param minute the minute of the reading
  record NoteReading(
      String tenant, String hour, String principal, String route, String resource, Instant minute)
      implements AccessCommand {}

  /// A principal is about to get a bundle. The same bundle in the same minute is noted once.
  ///
  /// @param minute the minute of the export
  record NoteExport(
      String tenant,
      String hour,
      String principal,
      EvidenceScope scope,
      String resource,
      long treeSize,
      Instant minute)
      implements AccessCommand {}

  /// Policy allows that a person sees sealed content.
  record GrantReveal(String tenant, String hour, RevealGranted granted) implements AccessCommand {}
}
