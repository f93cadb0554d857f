package ai.rails.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs single statements with parameters.
///
/// A parameter is text, a number, a boolean, a UUID, a `byte[]`, a `String[]` as `text[]`, or an
/// [Optional] of one of these, which is NULL when empty.
public final class Sql {
  private Sql() {}

  /// Changes rows.
  ///
  /// @return how many
  public static int execute(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  /// Reads rows, or what a changing statement returns.
  public static <T> List<T> all(Connection connection, String sql, Row<T> row, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row.read(rows));
      }
      return List.copyOf(all);
    }
  }

  /// Reads at most one row.
  ///
  /// @throws IllegalStateException if there are more
  public static <T> Optional<T> one(
      Connection connection, String sql, Row<T> row, Object... parameters) throws SQLException {
    List<T> all = all(connection, sql, row, parameters);
    if (all.size() > 1) {
      throw new IllegalStateException("%d rows where one was asked for".formatted(all.size()));
    }
    return all.stream().findFirst();
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        set(connection, statement, i + 1, parameters[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private static void set(Connection c, PreparedStatement statement, int index, Object value)
      throws SQLException {
    switch (value) {
      case Optional<?> empty when empty.isEmpty() -> statement.setNull(index, Types.NULL);
      case Optional<?> present -> set(c, statement, index, present.get());
      case String[] texts -> statement.setArray(index, c.createArrayOf("text", texts));
      default -> statement.setObject(index, value);
    }
  }

  /// Makes a value of the current row.
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }
}
