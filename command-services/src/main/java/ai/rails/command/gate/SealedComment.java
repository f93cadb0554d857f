package ai.rails.command.gate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

import ai.rails.command.TransactionPart;
import ai.rails.command.workflow.Digests;
import ai.rails.domain.SealedRef;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.postgres.Sql;

/// What somebody wrote about a gate, sealed to the key of the run's workflow version.
///
/// @param ref names the ciphertext
/// @param parts store it in the transaction of the decision
public record SealedComment(SealedRef ref, List<TransactionPart> parts) {
  public SealedComment {
    parts = List.copyOf(parts);
  }

  /// @param sealed by whoever wrote it
  static SealedComment of(String tenant, String run, String gate, byte[] sealed) {
    return of(tenant, run, gate, "comment", sealed);
  }

  /// What corrects a call travels and lies as a comment does.
  static SealedComment correction(String tenant, String run, String gate, byte[] sealed) {
    return of(tenant, run, gate, "correction", sealed);
  }

  private static SealedComment of(
      String tenant, String run, String gate, String what, byte[] sealed) {
    String digest = Digests.hex(sealed);
    SealedRef ref =
        new SealedRef(
            "%s/%s/%s".formatted(gate, what, digest.substring(0, 16)), digest, sealed.length);
    return new SealedComment(
        ref,
        List.of(connection ->
            Sql.execute(
                connection,
                """
                INSERT INTO sealed_content (tenant, run, ref, ciphertext) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING\
                """,
                tenant,
                run,
                ref.ref(),
                sealed)));
  }

  /// Seals a text that came in the clear, from where nobody can seal.
  ///
  /// @param ingestPublic of the run's workflow version
  public static SealedComment seal(
      byte[] ingestPublic, String tenant, String run, String gate, String text) {
    try {
      return of(
          tenant,
          run,
          gate,
          HpkeKeyPair.seal(
              ingestPublic,
              text.getBytes(StandardCharsets.UTF_8),
              "airails|1|comment|%s|%s|%s".formatted(tenant, run, gate)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the version's key seals everything", e);
    }
  }

  /// The same, and something else in the same transaction.
  public SealedComment alsoWriting(TransactionPart part) {
    List<TransactionPart> more = new ArrayList<>(parts);
    more.add(part);
    return new SealedComment(ref, more);
  }
}
