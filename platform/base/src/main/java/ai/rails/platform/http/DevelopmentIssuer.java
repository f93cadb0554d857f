package ai.rails.platform.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.jwt.JwkSetConverter;
import com.google.crypto.tink.jwt.JwtEcdsaParameters;
import com.google.crypto.tink.jwt.JwtPublicKeySign;
import com.google.crypto.tink.jwt.JwtSignatureConfig;
import com.google.crypto.tink.jwt.RawJwt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Issues tokens for development: **whoever can read the data directory can be anybody**.
///
/// Only the launcher makes one. A production installation gives [Tokens] the keys of its identity
/// provider instead and never comes here.
public final class DevelopmentIssuer {
  /// The issuer's name says what it is in every token.
  public static final String ISSUER = "https://development.airails.invalid";

  private static final Logger LOG = LoggerFactory.getLogger(DevelopmentIssuer.class);
  private static final String FILE = "development-issuer.keyset";

  private final KeysetHandle keys;
  private final InstantSource clock;
  private final Supplier<String> ids;

  private DevelopmentIssuer(KeysetHandle keys, InstantSource clock, Supplier<String> ids) {
    this.keys = keys;
    this.clock = clock;
    this.ids = ids;
  }

  /// Opens the key under a data directory, or makes one that only its owner can read.
  ///
  /// @param ids names for tokens, never repeated
  public static DevelopmentIssuer open(Path data, InstantSource clock, Supplier<String> ids)
      throws IOException, GeneralSecurityException {
    JwtSignatureConfig.register();
    LOG.atWarn()
        .addKeyValue("issuer", ISSUER)
        .log("development tokens: whoever can read the data directory can be anybody");
    Path file = data.resolve(FILE);
    if (Files.notExists(file)) {
      store(file);
    }
    KeysetHandle keys =
        TinkProtoKeysetFormat.parseKeyset(
            Files.readAllBytes(file), InsecureSecretKeyAccess.get(), RegistryConfiguration.get());
    return new DevelopmentIssuer(keys, clock, ids);
  }

  /// A token for anybody.
  ///
  /// @param lifetime at most one hour
  public String issue(String tenant, String subject, Set<Role> roles, Duration lifetime)
      throws GeneralSecurityException {
    if (lifetime.compareTo(Tokens.MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException("a token lives at most " + Tokens.MAX_LIFETIME);
    }
    Instant now = clock.instant();
    RawJwt token =
        RawJwt.newBuilder()
            .setTypeHeader(Tokens.TYPE)
            .setIssuer(ISSUER)
            .setAudience(Tokens.AUDIENCE)
            .setSubject(subject)
            .setJwtId(ids.get())
            .setIssuedAt(now)
            .setExpiration(now.plus(lifetime))
            .addStringClaim("tenant", tenant)
            .addJsonArrayClaim("roles", array(roles))
            .build();
    return keys.getPrimitive(RegistryConfiguration.get(), JwtPublicKeySign.class)
        .signAndEncode(token);
  }

  /// The public keys, for a server's [Tokens].
  public String jwks() throws GeneralSecurityException {
    try {
      return JwkSetConverter.fromPublicKeysetHandle(keys.getPublicKeysetHandle());
    } catch (IOException e) {
      throw new GeneralSecurityException("the development key is not ES256", e);
    }
  }

  /// Verifies what this issues.
  public Tokens tokens() throws GeneralSecurityException {
    return Tokens.of(jwks(), ISSUER, Tokens.AUDIENCE, clock);
  }

  private static String array(Set<Role> roles) {
    return "["
        + String.join(",", roles.stream().map(role -> '"' + role.word() + '"').sorted().toList())
        + "]";
  }

  private static void store(Path file) throws IOException, GeneralSecurityException {
    JwtEcdsaParameters es256 =
        JwtEcdsaParameters.builder()
            .setAlgorithm(JwtEcdsaParameters.Algorithm.ES256)
            .setKidStrategy(JwtEcdsaParameters.KidStrategy.BASE64_ENCODED_KEY_ID)
            .build();
    KeysetHandle made = KeysetHandle.generateNew(es256, RegistryConfiguration.get());
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        file,
        TinkProtoKeysetFormat.serializeKeyset(
            made, InsecureSecretKeyAccess.get(), RegistryConfiguration.get()),
        StandardOpenOption.TRUNCATE_EXISTING);
  }
}
