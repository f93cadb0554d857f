package ai.rails.platform.evidence;

import java.util.Locale;

/// What a verifier looks at. The names are stable.
public enum Check {
  /// The archive has the one form it can have.
  ARCHIVE(Group.INTEGRITY),
  /// Each file is listed with its hash, and nothing else is there.
  MANIFESTS(Group.INTEGRITY),
  /// The statement is signed.
  SIGNATURE(Group.INTEGRITY),
  /// The statement is about these files.
  STATEMENT(Group.INTEGRITY),
  /// Each entry is in the log at its place, and each event is the one it commits to.
  ENTRIES(Group.INTEGRITY),
  /// The earlier checkpoint is the beginning of this one.
  SINCE(Group.INTEGRITY),
  /// The documents follow from the entries.
  DOCUMENTS(Group.INTEGRITY),
  /// What workers did, they did with keys that policy released on evidence that is accepted again.
  ATTESTATION(Group.INTEGRITY),
  /// Approvals that were signed with a passkey are signed over the calls that they approve.
  PASSKEYS(Group.INTEGRITY),
  /// Calls that people corrected are followed by what they made of them.
  CORRECTIONS(Group.INTEGRITY),
  /// Nothing is missing from what the bundle is evidence of.
  COMPLETE(Group.COMPLETENESS),
  /// A trusted key signed the statement.
  SIGNER(Group.ASSURANCE),
  /// A trusted log signed the checkpoint.
  LOG(Group.ASSURANCE),
  /// Enough trusted witnesses cosigned it.
  WITNESSES(Group.ASSURANCE),
  /// Trusted authorities say when.
  TIME(Group.ASSURANCE);

  private final Group group;

  Check(Group group) {
    this.group = group;
  }

  /// The three questions that a verdict answers.
  public enum Group {
    /// Is it unaltered?
    INTEGRITY,
    /// Is anything missing?
    COMPLETENESS,
    /// Who stands for it?
    ASSURANCE;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Group group() {
    return group;
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
