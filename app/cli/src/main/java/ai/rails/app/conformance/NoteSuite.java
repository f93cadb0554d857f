package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.conformance.Case.Expectation;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.VerifierKey;

/// Signed notes and verifier keys (C2SP signed-note, Go's `sumdb/note`): any JSON in which objects
/// have a `note` and `vkey` or `vkeys`, at any depth.
final class NoteSuite implements Suite {
  @Override
  public String name() {
    return "note";
  }

  @Override
  public String about() {
    return "signed notes and verifier keys (C2SP signed-note, golang.org/x/mod/sumdb/note)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    return Vectors.objects(directory)
        .flatMap(vector -> walk(vector.name(), vector.object()).stream());
  }

  private static List<Case> walk(String name, JsonNode node) {
    var cases = new ArrayList<Case>();
    if (node.isObject()) {
      cases.addAll(object(name, node));
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        if (member.getKey().equals("badVerifierKeys")) {
          member.getValue().forEach(key -> badKey(name, key).ifPresent(cases::add));
        } else {
          cases.addAll(walk(name + "/" + member.getKey(), member.getValue()));
        }
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        JsonNode each = node.get(i);
        String own = each.path("name").asText(each.path("desc").asText(""));
        cases.addAll(walk("%s[%d]%s".formatted(name, i, own.isEmpty() ? "" : " " + own), each));
      }
    }
    return cases;
  }

  private static List<Case> object(String name, JsonNode object) {
    String note = object.path("note").asText(object.path("want_note").asText(""));
    boolean keyed = object.has("vkey") || object.has("vkeys");
    if (!note.isEmpty() && keyed) {
      var cases = new ArrayList<Case>();
      cases.add(Case.of(name, expectation(object), () -> open(object, note)));
      if (object.has("want_note")) {
        cases.add(
            Case.accepting(name + ": key", () -> VerifierKey.parse(object.get("vkey").asText())));
        cases.add(bentKeys(name, object.get("vkey").asText()));
      }
      return cases;
    }
    return object.path("vkey").isTextual()
        ? List.of(
            Case.of(
                name + ": key",
                expectation(object),
                () -> VerifierKey.parse(object.get("vkey").asText())))
        : List.of();
  }

  private static Expectation expectation(JsonNode object) {
    boolean good =
        object.has("ok")
            ? object.get("ok").asBoolean()
            : !object.path("wantErr").asBoolean(false) && !object.has("error");
    return good ? Expectation.ACCEPT : Expectation.REJECT;
  }

  private static void open(JsonNode object, String text) {
    byte[] prefix = HexFormat.of().parseHex(object.path("note_prefix_hex").asText(""));
    byte[] rest = text.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[prefix.length + rest.length];
    System.arraycopy(prefix, 0, bytes, 0, prefix.length);
    System.arraycopy(rest, 0, bytes, prefix.length, rest.length);
    Note note = Note.parse(bytes);
    Set<String> verified = new TreeSet<>();
    for (VerifierKey key : keys(object)) {
      if (note.verified(key)) {
        verified.add(key.name());
      }
    }
    require(!verified.isEmpty(), "no signature is by a key that is known");
    if (object.path("text").isTextual()) {
      require(note.text().equals(object.get("text").textValue()), "the text is another one");
    }
    if (object.has("verified")) {
      var wanted = new TreeSet<String>();
      object.get("verified").forEach(each -> wanted.add(each.asText()));
      require(verified.equals(wanted), "verified are %s, not %s".formatted(verified, wanted));
    }
  }

  /// A key of a type that is not known here verifies nothing, like a key that was not given.
  private static List<VerifierKey> keys(JsonNode object) {
    var texts = new ArrayList<String>();
    object.path("vkeys").forEach(key -> texts.add(key.asText()));
    Optional.ofNullable(object.get("vkey")).ifPresent(key -> texts.add(key.asText()));
    var keys = new ArrayList<VerifierKey>();
    for (String text : texts) {
      try {
        keys.add(VerifierKey.parse(text));
      } catch (IllegalArgumentException unknown) {
        if (texts.size() == 1) {
          throw unknown;
        }
      }
    }
    return keys;
  }

  /// Entries in parentheses are remarks.
  private static Optional<Case> badKey(String name, JsonNode key) {
    String text = key.asText();
    return text.startsWith("(")
        ? Optional.empty()
        : Optional.of(Case.refusing(name + ": bad key " + text, () -> VerifierKey.parse(text)));
  }

  /// Every proper substring of a key, and the key with any one byte raised, is no key.
  private static Case bentKeys(String name, String vkey) {
    return Case.refusing(
        name + ": every cut and bent key",
        () -> {
          for (int from = 0; from < vkey.length(); from++) {
            for (int to = from; to <= vkey.length(); to++) {
              requireRefused(from == 0 && to == vkey.length() ? "" : vkey.substring(from, to));
            }
            requireRefused(
                vkey.substring(0, from)
                    + (char) (vkey.charAt(from) + 1)
                    + vkey.substring(from + 1));
          }
          throw new IllegalArgumentException("all of them refused");
        });
  }

  private static void requireRefused(String key) {
    try {
      VerifierKey.parse(key);
    } catch (IllegalArgumentException refused) {
      return;
    }
    throw new IllegalStateException("taken for a key: " + key);
  }

  private static void require(boolean holds, String refusal) {
    if (!holds) {
      throw new IllegalArgumentException(refusal);
    }
  }
}
