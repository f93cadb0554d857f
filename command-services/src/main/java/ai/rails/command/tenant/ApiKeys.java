package ai.rails.command.tenant;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.google.crypto.tink.subtle.Random;

import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Role;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// Keys of programs: `ark_<kind of installation>_<key id>_<256 bits><checksum>`, so that a scanner
/// finds one that lies about, and knows it for one by its checksum.
///
/// Of the secret the store has a keyed hash; the key of the hash lies elsewhere. A key does at most
/// what its subject may do at that moment. Safe for use by several threads.
public final class ApiKeys implements Authenticator {
  /// With this every key begins.
  public static final String PREFIX = "ark_";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int ID_LENGTH = 16;
  private static final int SECRET_LENGTH = 43;
  private static final Pattern FORM =
      Pattern.compile("ark_([a-z]{1,16})_([0-9A-Za-z]{16})_([0-9A-Za-z]{43})([0-9a-f]{8})");
  private static final String PEPPER = "api-keys.pepper";
  private static final int PEPPER_BYTES = 32;
  private static final String OWNER =
      """
      SELECT tenant, secret_hash FROM api_key
       WHERE key = ? AND revoked_at IS NULL AND expires_at > clock_timestamp()\
      """;
  private static final String FIND =
      """
      SELECT k.subject, k.roles,
             ARRAY(SELECT role FROM principal_role p
                    WHERE p.tenant = k.tenant AND p.subject = k.subject),
             k.last_used_at IS NULL OR k.last_used_at < clock_timestamp() - interval '1 minute'
        FROM api_key k
       WHERE k.key = ? AND k.revoked_at IS NULL AND k.expires_at > clock_timestamp()\
      """;
  private static final String USED =
      "UPDATE api_key SET last_used_at = clock_timestamp() WHERE key = ?";

  private final Database database;
  private final String kind;
  private final byte[] pepper;

  private ApiKeys(Database database, String kind, byte[] pepper) {
    this.database = database;
    this.kind = kind;
    this.pepper = pepper;
  }

  /// Opens the hash's key under a data directory, or makes one that only its owner can read.
  ///
  /// @param kind of installation, for example `prod`; a key of another kind opens nothing here
  public static ApiKeys open(Path data, Database database, String kind) throws IOException {
    Path file = data.resolve(PEPPER);
    if (Files.notExists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, Random.randBytes(PEPPER_BYTES), StandardOpenOption.WRITE);
    }
    byte[] pepper = Files.readAllBytes(file);
    if (pepper.length != PEPPER_BYTES) {
      throw new IOException("%s must have %s bytes".formatted(file, PEPPER_BYTES));
    }
    return new ApiKeys(database, kind, pepper);
  }

  /// A new key, shown once.
  ///
  /// @param id public
  /// @param text what a program shows
  /// @param hash what is stored
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Made(String id, String text, byte[] hash) {
    @Override
    public String toString() {
      return "Made[id=%s, text=hidden]".formatted(id);
    }
  }

  Made make() {
    String id = letters(ID_LENGTH);
    String secret = letters(SECRET_LENGTH);
    String body = "%s%s_%s_%s".formatted(PREFIX, kind, id, secret);
    return new Made(id, body + checksum(body), hash(id, secret));
  }

  /// Takes keys beside what people show.
  public Authenticator or(Authenticator people) {
    return shown -> shown.startsWith(PREFIX) ? authenticate(shown) : people.authenticate(shown);
  }

  @Override
  public Principal authenticate(String token) throws GeneralSecurityException {
    Matcher parts = FORM.matcher(token);
    if (!parts.matches()
        || !parts.group(1).equals(kind)
        || !checksum(token.substring(0, token.length() - 8)).equals(parts.group(4))) {
      throw new GeneralSecurityException("not a key of this installation");
    }
    byte[] shown = hash(parts.group(2), parts.group(3));
    String id = parts.group(2);
    String tenant =
        database
            .acrossTenants(Errand.KEYS, c -> Sql.one(c, OWNER, Owner::of, id))
            .filter(owner -> MessageDigest.isEqual(owner.hash(), shown))
            .map(Owner::tenant)
            .orElseThrow(() -> new GeneralSecurityException("unknown, expired or revoked key"));
    Found key =
        database
            .inTenant(
                tenant,
                c -> {
                  Optional<Found> found = Sql.one(c, FIND, Found::of, id);
                  if (found.isPresent()) {
                    used(c, id, found.get());
                  }
                  return found;
                })
            .orElseThrow(() -> new GeneralSecurityException("the key has just been revoked"));
    Set<Role> roles = EnumSet.noneOf(Role.class);
    key.roles().forEach(word -> Role.of(word).ifPresent(roles::add));
    if (roles.isEmpty()) {
      throw new GeneralSecurityException("the key's subject has none of its roles any more");
    }
    return new Principal(tenant, key.subject(), roles);
  }

  private static void used(Connection c, String id, Found found) throws SQLException {
    if (found.dueToNote()) {
      int _ = Sql.execute(c, USED, id);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Owner(String tenant, byte[] hash) {
    static Owner of(ResultSet row) throws SQLException {
      return new Owner(row.getString(1), row.getBytes(2));
    }
  }

  /// @param roles of the key that its subject still has
  private record Found(String subject, Set<String> roles, boolean dueToNote) {
    static Found of(ResultSet row) throws SQLException {
      Set<String> roles = words(row.getArray(2));
      roles.retainAll(words(row.getArray(3)));
      return new Found(row.getString(1), roles, row.getBoolean(4));
    }

    private static Set<String> words(Array array) throws SQLException {
      return array.getArray() instanceof String[] words
          ? new HashSet<>(Arrays.asList(words))
          : new HashSet<>();
    }
  }

  private byte[] hash(String id, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(pepper, "HmacSHA256"));
      return mac.doFinal((id + "." + secret).getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /// Letters without bias: 62 of 64 values are letters, the others are drawn again.
  private static String letters(int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      for (byte b : Random.randBytes(length)) {
        int value = b & 0x3f;
        if (value < ALPHABET.length() && text.length() < length) {
          text.append(ALPHABET.charAt(value));
        }
      }
    }
    return text.toString();
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return "%08x".formatted(crc.getValue());
  }
}
