package ai.rails.projection.ledger;

import java.util.regex.Pattern;

import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

import ai.rails.platform.http.Problem;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// Finds things by a hash, of which the beginning is enough.
public final class LeafHash {
  private static final String NAMED = "sha256:";
  private static final Pattern BEGINNING = Pattern.compile("[0-9a-f]{8,64}");

  /// Follows every lower-case hex digit.
  private static final String PAST = "g";

  /// As the index `entry_leaf_hash` has it, or that would not be used.
  private static final Field<String> HASH =
      DSL.field(
          "encode(sha256('\\x00'::bytea || {0}), 'hex') collate \"C\"", String.class, ENTRY.LEAF);

  private LeafHash() {}

  /// Reads 8 to 64 hex digits, with or without `sha256:` before them.
  ///
  /// @return the digits
  /// @throws Problem with 422 if it is something else
  public static String beginning(String text) {
    String digits = text.startsWith(NAMED) ? text.substring(NAMED.length()) : text;
    if (!BEGINNING.matcher(digits).matches()) {
      throw Problem.invalid("hash is 8 to 64 lower-case hex digits, the beginning of a SHA-256");
    }
    return digits;
  }

  /// Entries whose leaf's hash begins so.
  public static Condition ofEntry(String beginning) {
    return HASH.ge(beginning).and(HASH.lt(beginning + PAST));
  }

  /// A column of digests that begin so, whether they name their algorithm or not.
  public static Condition ofDigest(Field<String> digest, String beginning) {
    return digest.startsWith(beginning).or(digest.startsWith(NAMED + beginning));
  }
}
