package ai.rails.attestation.format;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON value. Objects know which bytes they were read from, because vendors sign those bytes.
public sealed interface Json {
  /// @param from offset of the opening brace
  /// @param to offset behind the closing brace
  record Members(Map<String, Json> members, int from, int to) implements Json {
    public Members {
      members = Map.copyOf(members);
    }

    public Optional<Json> find(String name) {
      return Optional.ofNullable(members.get(name));
    }

    public Json get(String name) throws Malformed {
      Json value = members.get(name);
      if (value == null) {
        throw new Malformed("no member " + name);
      }
      return value;
    }

    public Members object(String name) throws Malformed {
      if (get(name) instanceof Members object) {
        return object;
      }
      throw new Malformed(name + " is no object");
    }

    public List<Json> list(String name) throws Malformed {
      if (get(name) instanceof Elements list) {
        return list.elements();
      }
      throw new Malformed(name + " is no array");
    }

    public String text(String name) throws Malformed {
      if (get(name) instanceof Text text) {
        return text.value();
      }
      throw new Malformed(name + " is no string");
    }

    /// A whole number from 0 to `most`.
    public int number(String name, int most) throws Malformed {
      if (get(name) instanceof Literal literal && literal.isWhole()) {
        long value = Long.parseLong(literal.value());
        if (value >= 0 && value <= most) {
          return (int) value;
        }
      }
      throw new Malformed("%s is no number from 0 to %d".formatted(name, most));
    }

    public Bytes hex(String name, int length) throws Malformed {
      try {
        return Bytes.ofHex(text(name), length);
      } catch (Malformed e) {
        throw new Malformed("%s: %s".formatted(name, e.getMessage()));
      }
    }

    public Instant instant(String name) throws Malformed {
      try {
        return Instant.parse(text(name));
      } catch (DateTimeParseException e) {
        throw new Malformed(name + " is no time");
      }
    }
  }

  /// An array.
  record Elements(List<Json> elements) implements Json {
    public Elements {
      elements = List.copyOf(elements);
    }
  }

  /// A string.
  record Text(String value) implements Json {}

  /// A number, `true`, `false` or `null`, as written.
  record Literal(String value) implements Json {
    private static final int MOST_DIGITS = 15;

    boolean isWhole() {
      return value.length() <= MOST_DIGITS && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }
  }

  /// Reads one document that fills `source` to its end.
  static Members object(Bytes source) throws Malformed {
    if (new JsonReader(source).document() instanceof Members object) {
      return object;
    }
    throw new Malformed("JSON: the document is no object");
  }

  /// As an object.
  default Members asObject() throws Malformed {
    if (this instanceof Members object) {
      return object;
    }
    throw new Malformed("JSON: no object where one belongs");
  }
}
