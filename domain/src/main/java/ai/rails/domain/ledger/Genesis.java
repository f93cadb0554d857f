package ai.rails.domain.ledger;

/// What the first entry of a log, and of a run or workflow in it, names as its predecessor. The
/// texts begin with `a`, so none can be the preimage of a leaf (0x00) or a node (0x01).
final class Genesis {
  private Genesis() {}

  static String ofLog(Origin origin) {
    return Sha256.ofText("airails.dev/ledger/v1/genesis\n%s\n".formatted(origin));
  }

  /// Of a log that takes an abandoned one's place: it names the last head of that.
  ///
  /// @param last the three lines of the abandoned log's last checkpoint
  static String ofEpoch(Origin origin, String last) {
    return Sha256.ofText("airails.dev/ledger/v1/epoch\n%s\n%s".formatted(origin, last));
  }

  static String ofRun(Origin origin, String run) {
    return Sha256.ofText("airails.dev/ledger/v1/run\n%s\n%s\n".formatted(origin, run));
  }

  static String ofWorkflow(Origin origin, String workflow) {
    return Sha256.ofText("airails.dev/ledger/v1/wf\n%s\n%s\n".formatted(origin, workflow));
  }
}
