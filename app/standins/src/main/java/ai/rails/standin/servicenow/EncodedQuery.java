package ai.rails.standin.servicenow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.rails.standin.MalformedRequest;

/// `sysparm_query`: conditions joined by `^` and `^OR`, and `ORDERBY`.
///
/// As in an instance with the default property `glide.invalid_query.returns_no_rows=false`, a
/// condition on a column that does not exist is dropped, which widens the result: the trap is kept.
/// Operators that this stand-in does not know are refused aloud instead.
record EncodedQuery(Predicate<Row> matches, Comparator<Row> order) {
  private static final Pattern CONDITION =
      Pattern.compile(
          "([a-z_][a-z0-9_.]*?)(!=|>=|<=|=|>|<|NOT LIKE|LIKE|STARTSWITH|ENDSWITH|NOT IN|IN|ISNOTEMPTY|ISEMPTY)(.*)",
          Pattern.DOTALL);

  static EncodedQuery parse(TableSchema schema, String query) {
    List<Predicate<Row>> all = new ArrayList<>();
    List<Comparator<Row>> orders = new ArrayList<>();
    for (String term : query.split("\\^", -1)) {
      if (term.startsWith("ORDERBYDESC")) {
        orders.add(by(schema, term.substring(11)).reversed());
      } else if (term.startsWith("ORDERBY")) {
        orders.add(by(schema, term.substring(7)));
      } else if (term.startsWith("OR") && !all.isEmpty()) {
        all.addLast(all.removeLast().or(condition(schema, term.substring(2))));
      } else if (!term.isEmpty() && !term.equals("EQ")) {
        all.add(condition(schema, term));
      }
    }
    return new EncodedQuery(
        all.stream().reduce(_ -> true, Predicate::and),
        orders.stream().reduce((_, _) -> 0, Comparator::thenComparing));
  }

  private static Comparator<Row> by(TableSchema schema, String field) {
    return schema.fields().contains(field)
        ? Comparator.comparing(row -> row.get(field))
        : (_, _) -> 0;
  }

  private static Predicate<Row> condition(TableSchema schema, String term) {
    Matcher parts = CONDITION.matcher(term);
    if (!parts.matches()) {
      throw new MalformedRequest("the stand-in does not know the condition '" + term + "'");
    }
    String field = parts.group(1);
    if (field.contains(".")) {
      throw new MalformedRequest(
          "the stand-in does not follow references in a query: '" + field + "'");
    }
    if (!schema.fields().contains(field)) {
      return _ -> true;
    }
    Predicate<String> test = operator(parts.group(2), parts.group(3));
    return row -> test.test(row.get(field));
  }

  private static Predicate<String> operator(String operator, String operand) {
    String wanted = operand.toLowerCase(Locale.ROOT);
    return switch (operator) {
      case "=" -> value -> lower(value).equals(wanted);
      case "!=" -> value -> !lower(value).equals(wanted);
      case ">" -> value -> value.compareTo(operand) > 0;
      case ">=" -> value -> value.compareTo(operand) >= 0;
      case "<" -> value -> value.compareTo(operand) < 0;
      case "<=" -> value -> value.compareTo(operand) <= 0;
      case "LIKE" -> value -> lower(value).contains(wanted);
      case "NOT LIKE" -> value -> !lower(value).contains(wanted);
      case "STARTSWITH" -> value -> lower(value).startsWith(wanted);
      case "ENDSWITH" -> value -> lower(value).endsWith(wanted);
      case "IN" -> value -> Arrays.asList(wanted.split(",", -1)).contains(lower(value));
      case "NOT IN" -> value -> !Arrays.asList(wanted.split(",", -1)).contains(lower(value));
      case "ISEMPTY" -> String::isEmpty;
      case "ISNOTEMPTY" -> value -> !value.isEmpty();
      default ->
          throw new IllegalStateException("the pattern admits no operator '" + operator + "'");
    };
  }

  private static String lower(String value) {
    return value.toLowerCase(Locale.ROOT);
  }
}
