package ai.rails.projection;

import java.util.Optional;

import org.jooq.Condition;
import org.jooq.Field;

import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;

/// What readers name in a path or a query: short and without control characters, so that it can be
/// compared with a column and shown in an answer.
public final class Filter {
  private static final int MAX_CHARACTERS = 128;

  private Filter() {}

  /// Narrows a list by a query parameter, if it is given.
  ///
  /// @throws Problem with 422 if it is no plain text
  public static Condition by(Condition where, Request request, String name, Field<String> field) {
    return query(request, name).map(value -> where.and(field.eq(value))).orElse(where);
  }

  /// @throws Problem with 422 if it is no plain text
  public static Optional<String> query(Request request, String name) {
    return request.query(name).map(value -> plain(name, value));
  }

  /// @throws Problem with 422 if it is no plain text
  public static String path(Request request, String name) {
    return plain(name, request.path(name));
  }

  /// A query parameter or header that is a position of a log, or an event's id in a stream.
  ///
  /// @throws Problem with 422 if it is none
  public static long position(String name, String value) {
    if (!value.matches("\\d{1,18}")) {
      throw Problem.invalid("%s must be a position: a whole number from 0".formatted(name));
    }
    return Long.parseLong(value);
  }

  /// What was asked for, if it can be shown.
  public static String shown(String value) {
    return isPlain(value) ? value : "what was asked for";
  }

  static boolean isPlain(String value) {
    return value.length() <= MAX_CHARACTERS && value.chars().noneMatch(Character::isISOControl);
  }

  private static String plain(String name, String value) {
    if (isPlain(value)) {
      return value;
    }
    throw Problem.invalid(
        "%s has at most %d characters, none of them a control character"
            .formatted(name, MAX_CHARACTERS));
  }
}
