package ai.rails.domain.ledger;

/// What the first entry of a log, and of a run or workflow in it, names as its predecessor. The
/// texts begin with `a`, so none can be the preimage of a leaf (0x00) or a node (0x01).
final class Genesis {
  private Genesis() {}

  static String ofLog(Origin origin) {
    return Sha256.ofText("airails.dev/ledger/v1/genesis\n%s\n".formatted(origin));
  }

  static String ofRun(Origin origin, String run) {
    return Sha256.ofText("airails.dev/ledger/v1/run\n%s\n%s\n".formatted(origin, run));
  }

  static String ofWorkflow(Origin origin, String workflow) {
    return Sha256.ofText("airails.dev/ledger/v1/wf\n%s\n%s\n".formatted(origin, workflow));
  }
}
