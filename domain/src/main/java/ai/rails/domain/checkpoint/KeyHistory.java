package ai.rails.domain.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The keys that sign a cell's logs, each with its time, as a signed note:
///
/// ```
/// ledger.<cell-domain>/keys
/// airails.dev/key-history/v1
/// key <from> <until> <vkey> <endorsement>
///
/// — ledger.<cell-domain>/keys <signature by the newest key>
/// ```
///
/// Times are Unix seconds; `until` is `-` with the newest key, and later than the next one's
/// `from`, so that for a while both sign and nobody is surprised. The endorsement is the previous
/// key's Ed25519 signature over everything before it and the line up to it, `-` with the first. So
/// who trusts any one of the keys can trust all later ones by the endorsements, and all earlier
/// ones by the signature under the whole. Immutable.
///
/// @param cell name that the origins of the cell's logs begin with, `ledger.<cell-domain>`
public record KeyHistory(String cell, List<Entry> entries) {
  private static final String HEADER = "airails.dev/key-history/v1";
  private static final int KEYS_MAX = 1_000;
  private static final Pattern LINE =
      Pattern.compile("key (0|[1-9][0-9]{0,17}) (-|[1-9][0-9]{0,17}) ([^ ]+) (-|[^ ]+)");

  /// One key.
  ///
  /// @param from Unix seconds from which on it signs
  /// @param until Unix seconds until which it signs; empty with the newest
  /// @param endorsement base 64; empty with the first
  public record Entry(
      long from, Optional<Long> until, VerifierKey key, Optional<String> endorsement) {
    boolean holds(long time) {
      return time >= from && until.map(end -> time < end).orElse(true);
    }

    private String unendorsed() {
      return "key %s %s %s ".formatted(from, until.map(String::valueOf).orElse("-"), key);
    }

    private String line() {
      return unendorsed() + endorsement.orElse("-") + "\n";
    }
  }

  public KeyHistory {
    entries = List.copyOf(entries);
    if (entries.isEmpty() || entries.size() > KEYS_MAX) {
      throw new IllegalArgumentException("a key history has 1 to %d keys".formatted(KEYS_MAX));
    }
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      boolean last = i == entries.size() - 1;
      boolean ordered =
          last
              ? entry.until.isEmpty()
              : entry.until.map(end -> end >= entry.from).orElse(false)
                  && entries.get(i + 1).from >= entry.from;
      if (!ordered
          || !entry.key.name().equals(cell)
          || entry.key.type() != VerifierKey.Type.ED25519
          || entry.endorsement.isPresent() != i > 0) {
        throw new IllegalArgumentException(
            "key %d of the history is out of place".formatted(i + 1));
      }
    }
  }

  /// A history that begins with one key.
  public static KeyHistory of(VerifierKey first, long from) {
    return new KeyHistory(
        first.name(), List.of(new Entry(from, Optional.empty(), first, Optional.empty())));
  }

  /// Reads a history and checks that it hangs together: each key is endorsed by the one before, and
  /// the newest has signed the whole. Whether any of the keys is to be trusted is not said by that;
  /// ask [#trustedBy(VerifierKey)].
  ///
  /// @throws IllegalArgumentException saying what is wrong
  public static KeyHistory parse(byte[] bytes) {
    Note note = Note.parse(bytes);
    String[] lines = note.text().split("\n", -1);
    if (lines.length < 4 || !lines[0].endsWith("/keys") || !lines[1].equals(HEADER)) {
      throw new IllegalArgumentException("a key history begins with <cell>/keys and " + HEADER);
    }
    var entries = new ArrayList<Entry>();
    for (int i = 2; i < lines.length - 1; i++) {
      entries.add(entry(lines[i]));
    }
    var history =
        new KeyHistory(lines[0].substring(0, lines[0].length() - "/keys".length()), entries);
    if (!history.text().equals(note.text())) {
      throw new IllegalArgumentException("a key history that is not in canonical form");
    }
    if (!note.verified(history.newest().key.named(history.name()))) {
      throw new IllegalArgumentException("the newest key has not signed the history");
    }
    return history;
  }

  /// What is to be endorsed when a key follows: `until` goes to the newest key's line.
  ///
  /// @param from Unix seconds from which on the new key signs
  /// @param until Unix seconds until which the old one does
  public String toEndorse(VerifierKey next, long from, long until) {
    return text(ended(until))
        + new Entry(from, Optional.empty(), next, Optional.of("")).unendorsed();
  }

  /// The history with one more key.
  ///
  /// @param endorsement the newest key's signature over [#toEndorse]
  public KeyHistory with(VerifierKey next, long from, long until, byte[] endorsement) {
    var all = new ArrayList<>(ended(until));
    all.add(new Entry(from, Optional.empty(), next, Optional.of(Base64s.encode(endorsement))));
    return new KeyHistory(cell, all);
  }

  /// The note's text, to be signed by the newest key under [#name()].
  public String text() {
    return text(entries);
  }

  /// Name under which the history is signed.
  public String name() {
    return cell + "/keys";
  }

  public Entry newest() {
    return entries.getLast();
  }

  /// Whether a key that is known otherwise is one of these, and every later one was endorsed by the
  /// one before it.
  public boolean trustedBy(VerifierKey anchor) {
    for (int i = 0; i < entries.size(); i++) {
      if (java.util.Arrays.equals(entries.get(i).key.publicKey(), anchor.publicKey())) {
        return endorsedAfter(i);
      }
    }
    return false;
  }

  /// The keys that may sign a log at a time, under the log's name.
  ///
  /// @param origin of the log
  /// @param time Unix seconds, as a witness or a timestamp says
  public List<VerifierKey> keys(String origin, long time) {
    return origin.startsWith(cell + "/")
        ? entries.stream()
            .filter(entry -> entry.holds(time))
            .map(entry -> entry.key.named(origin))
            .toList()
        : List.of();
  }

  /// Whether a key that held at that time has signed a checkpoint.
  ///
  /// @param time Unix seconds, as a witness or a timestamp says
  public boolean accepts(Note note, long time) {
    String origin = Checkpoint.parse(note.text()).origin();
    return keys(origin, time).stream().anyMatch(note::verified);
  }

  private boolean endorsedAfter(int anchor) {
    for (int i = anchor + 1; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      String endorsed = endorsedText(i);
      byte[] signature = Base64s.decode(entry.endorsement.orElseThrow());
      if (!entries.get(i - 1).key.verifies(endorsed, signature)) {
        return false;
      }
    }
    return true;
  }

  /// What was signed when the key became the newest: its own line had no end then.
  private String endorsedText(int index) {
    Entry then = entries.get(index);
    var newest = new Entry(then.from, Optional.empty(), then.key, then.endorsement);
    return text(entries.subList(0, index)) + newest.unendorsed();
  }

  private List<Entry> ended(long until) {
    var all = new ArrayList<>(entries);
    Entry last = all.removeLast();
    all.add(new Entry(last.from, Optional.of(until), last.key, last.endorsement));
    return all;
  }

  private String text(List<Entry> some) {
    var text = new StringBuilder(name()).append('\n').append(HEADER).append('\n');
    some.forEach(entry -> text.append(entry.line()));
    return text.toString();
  }

  private static Entry entry(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a key's line is: key <from> <until> <vkey> <endorsement>");
    }
    return new Entry(
        Long.parseLong(matcher.group(1)),
        matcher.group(2).equals("-")
            ? Optional.empty()
            : Optional.of(Long.parseLong(matcher.group(2))),
        VerifierKey.parse(matcher.group(3)),
        matcher.group(4).equals("-") ? Optional.empty() : Optional.of(matcher.group(4)));
  }

  /// The text as bytes that a key signs.
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
