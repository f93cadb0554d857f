package ai.rails.command.worker;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.WorkerProtocol.Sealed;

/// Sealed content of runs: ciphertext that only workers open.
final class Contents {
  /// Longest ciphertext, in bytes: the gateway takes answers of up to 10 MiB.
  static final int BYTES_MAX = (10 << 20) + 1_024;

  private static final int PIECES_MAX = 16;
  private static final String INSERT =
      """
      INSERT INTO sealed_content (tenant, run, ref, ciphertext) VALUES (?, ?, ?, ?)
      ON CONFLICT (tenant, run, ref) DO UPDATE SET ciphertext = sealed_content.ciphertext
       WHERE sealed_content.ciphertext = excluded.ciphertext
      """;
  private static final String REPLACE =
      """
      INSERT INTO sealed_content (tenant, run, ref, ciphertext) VALUES (?, ?, ?, ?)
      ON CONFLICT (tenant, run, ref) DO UPDATE SET ciphertext = excluded.ciphertext
      """;
  private static final String SELECT =
      """
      SELECT ref, ciphertext FROM sealed_content WHERE tenant = ? AND run = ? AND ref = ANY (?)
      """;

  private Contents() {}

  /// A piece that came with a request, checked.
  @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
  record Piece(SealedRef ref, byte[] ciphertext) {}

  /// Checks what a worker sent.
  ///
  /// @param prefix with which each ref starts: a worker names content of its own step only
  /// @throws Refused with INVALID
  static List<Piece> check(Collection<Sealed> sealed, String prefix) {
    if (sealed.size() > PIECES_MAX) {
      throw invalid("a request carries at most %d sealed contents".formatted(PIECES_MAX));
    }
    return sealed.stream().map(s -> check(s, prefix)).toList();
  }

  private static Piece check(Sealed sealed, String prefix) {
    Limits.requireId("ref", sealed.ref());
    if (!sealed.ref().startsWith(prefix)) {
      throw invalid(
          "content %s is not the step's own; it starts with %s".formatted(sealed.ref(), prefix));
    }
    byte[] bytes = decode(sealed.ref(), sealed.ciphertext());
    return new Piece(refOf(sealed.ref(), bytes), bytes);
  }

  static byte[] decode(String name, String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length == 0 || bytes.length > BYTES_MAX) {
        throw invalid(
            "%s has %d bytes; 1 to %d are allowed".formatted(name, bytes.length, BYTES_MAX));
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw invalid("%s is not base64".formatted(name));
    }
  }

  static SealedRef refOf(String ref, byte[] ciphertext) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(ciphertext);
      return new SealedRef(ref, HexFormat.of().formatHex(hash), ciphertext.length);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Stores content once; the same bytes again change nothing.
  ///
  /// @throws Refused with INVALID if other bytes lie there
  static void put(Connection c, String tenant, String run, List<Piece> pieces) throws SQLException {
    for (Piece piece : pieces) {
      if (Sql.execute(c, INSERT, tenant, run, piece.ref().ref(), piece.ciphertext()) != 1) {
        throw invalid("other content lies at %s already".formatted(piece.ref().ref()));
      }
    }
  }

  /// Stores content that no event names yet, in the place of an earlier try.
  static void replace(Connection c, String tenant, String run, List<Piece> pieces)
      throws SQLException {
    for (Piece piece : pieces) {
      Sql.execute(c, REPLACE, tenant, run, piece.ref().ref(), piece.ciphertext());
    }
  }

  /// What is stored, named.
  static Optional<SealedRef> find(Connection c, String tenant, String run, String ref)
      throws SQLException {
    return Sql.one(c, SELECT, row -> refOf(ref, row.getBytes(2)), tenant, run, new String[] {ref});
  }

  /// Ciphertexts by ref, in base64; what is not stored is left out.
  static Map<String, String> read(Connection c, String tenant, String run, Collection<String> refs)
      throws SQLException {
    Map<String, String> found = new HashMap<>();
    Sql.all(
            c,
            SELECT,
            row -> Map.entry(row.getString(1), Base64.getEncoder().encodeToString(row.getBytes(2))),
            tenant,
            run,
            refs.toArray(String[]::new))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    return found;
  }

  static Refused invalid(String why) {
    return new Refused(Refused.Code.INVALID, why);
  }
}
