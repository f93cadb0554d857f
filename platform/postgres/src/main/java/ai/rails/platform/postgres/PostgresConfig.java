package ai.rails.platform.postgres;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// Where PostgreSQL is and who logs in. A component opens one pool, as the role it needs and no
/// stronger one.
///
/// @param logins only those roles that the properties name
public record PostgresConfig(String host, int port, String database, Map<Role, Login> logins) {
  public PostgresConfig {
    logins = Map.copyOf(logins);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("postgres.port must be 1 to 65535, it is " + port);
    }
  }

  /// Reads `postgres.host`, `postgres.port`, `postgres.database` and `postgres.<role>.user` and
  /// `.password`.
  ///
  /// @throws IllegalArgumentException naming the first key that is missing or no number
  public static PostgresConfig of(Properties properties) {
    Map<Role, Login> logins = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      String prefix = "postgres." + role.key();
      if (properties.getProperty(prefix + ".user") != null) {
        logins.put(
            role,
            new Login(
                required(properties, prefix + ".user"),
                required(properties, prefix + ".password")));
      }
    }
    return new PostgresConfig(
        required(properties, "postgres.host"),
        port(required(properties, "postgres.port")),
        required(properties, "postgres.database"),
        logins);
  }

  /// Reads the signer's own database: `signer.postgres.host`, `.port`, `.database`, `.user` and
  /// `.password`. One role owns it and uses it.
  ///
  /// @throws IllegalArgumentException naming the first key that is missing or no number
  public static PostgresConfig signer(Properties properties) {
    String prefix = "signer.postgres.";
    return new PostgresConfig(
        required(properties, prefix + "host"),
        port(required(properties, prefix + "port")),
        required(properties, prefix + "database"),
        Map.of(
            Role.SIGNER,
            new Login(
                required(properties, prefix + "user"), required(properties, prefix + "password"))));
  }

  /// @throws IllegalArgumentException if the properties named no such role
  public Login login(Role role) {
    return Optional.ofNullable(logins.get(role))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "add postgres.%s.user and .password".formatted(role.key())));
  }

  String url() {
    return "jdbc:postgresql://%s:%d/%s".formatted(host, port, database);
  }

  private static String required(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException("the configuration lacks " + key);
    }
    return value;
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("postgres.port must be a number, it is " + text, e);
    }
  }

  /// A database role; its name in the configuration is lower case.
  public enum Role {
    /// Owns the schema and migrates it.
    OWNER,
    /// Writes commands' effects; can not change history.
    APP,
    /// Reads the publication.
    CDC,
    /// Reads and writes projections.
    READ,
    /// Owns the signer's database, which is another one.
    SIGNER;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A role's user and password.
  public record Login(String user, String password) {
    @Override
    public String toString() {
      return "Login[user=%s]".formatted(user);
    }
  }
}
