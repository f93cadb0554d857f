package ai.rails.stream.provisioner;

import java.io.IOException;
import java.util.List;

/// Where administrators leave what is to be done for SIEM subscribers.
interface SiemDesk {
  /// The last acts that are not done yet, the oldest first.
  List<Work> open() throws IOException, InterruptedException;

  /// Says that an act is done. Saying so twice is harmless, and nothing if it was overtaken.
  ///
  /// @param sealed the password, for the recipient's key; empty after a revocation
  void done(Work work, byte[] sealed) throws IOException, InterruptedException;

  /// One act.
  ///
  /// @param act `GRANT`, `ROTATE` or `REVOKE`
  /// @param recipient public keyset of whoever asked, base64
  record Work(String tenant, String name, String act, int generation, String recipient) {
    boolean revocation() {
      return act.equals("REVOKE");
    }

    /// The subscriber's name at the brokers.
    String principal() {
      return "siem-%s-%s".formatted(tenant, name);
    }

    /// What the sealed password is bound to: it opens for this act only.
    String purpose() {
      return "airails/siem/%s/%s/%d".formatted(tenant, name, generation);
    }
  }
}
