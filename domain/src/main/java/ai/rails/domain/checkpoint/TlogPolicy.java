package ai.rails.domain.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// Which logs are believed, and how many witnesses must have cosigned (C2SP tlog-policy).
/// Immutable.
public final class TlogPolicy {
  private static final String NONE = "none";
  private static final int LINES_MAX = 10_000;
  private static final Pattern BLANK = Pattern.compile("[ \t]+");
  private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,4}");

  private final List<Party> logs;
  private final Map<String, Party> witnesses;
  private final Map<String, Group> groups;
  private final String quorum;

  private TlogPolicy(
      List<Party> logs, Map<String, Party> witnesses, Map<String, Group> groups, String quorum) {
    this.logs = List.copyOf(logs);
    this.witnesses = new LinkedHashMap<>(witnesses);
    this.groups = new LinkedHashMap<>(groups);
    this.quorum = quorum;
  }

  /// A log or a witness.
  ///
  /// @param url where it is reached; its meaning depends on the use
  public record Party(VerifierKey key, Optional<String> url) {}

  private record Group(int threshold, List<String> members) {}

  /// What a policy says of a checkpoint.
  ///
  /// @param cosigned names of the witnesses whose cosignatures verify
  /// @param newest the latest time at which one of them cosigned, Unix seconds
  public record Judgement(
      boolean logSigned, boolean quorum, Set<String> cosigned, Optional<Long> newest) {
    public boolean accepted() {
      return logSigned && quorum;
    }
  }

  /// @throws IllegalArgumentException naming the line that is wrong
  public static TlogPolicy parse(String text) {
    var reading = new Reading();
    String[] lines = text.split("\n", -1);
    if (lines.length > LINES_MAX) {
      throw new IllegalArgumentException("a policy has at most %d lines".formatted(LINES_MAX));
    }
    for (int i = 0; i < lines.length; i++) {
      try {
        reading.line(lines[i]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line %d: %s".formatted(i + 1, e.getMessage()), e);
      }
    }
    return reading.policy();
  }

  public List<Party> logs() {
    return logs;
  }

  /// By the names they have in the policy.
  public Map<String, Party> witnesses() {
    return new LinkedHashMap<>(witnesses);
  }

  /// The policy for one log of a cell. A cell has one key for all its logs, and a policy for the
  /// cell lists it under the name that the origins begin with; here it gets the origin's name.
  ///
  /// @param origin of the log
  public TlogPolicy forLog(String origin) {
    List<Party> own =
        logs.stream()
            .filter(log -> origin.equals(log.key.name()) || origin.startsWith(log.key.name() + "/"))
            .map(log -> new Party(log.key.named(origin), log.url))
            .toList();
    return new TlogPolicy(own, witnesses, groups, quorum);
  }

  /// As [#parse(String)] reads it, without comments.
  public String text() {
    var lines = new StringJoiner("\n", "", "\n");
    logs.forEach(log -> lines.add(line("log", log)));
    witnesses.forEach((name, witness) -> lines.add(line("witness " + name, witness)));
    groups.forEach((name, group) ->
        lines.add(
            "group %s %s %s".formatted(name, group.threshold, String.join(" ", group.members))));
    return lines.add("quorum " + quorum).toString();
  }

  private static String line(String begin, Party party) {
    return begin + " " + party.key + party.url.map(url -> " " + url).orElse("");
  }

  /// Whether a note may be believed. Signatures by keys that the policy does not name are ignored;
  /// a wrong one by a key that it names is as good as none.
  public Judgement judge(Note note) {
    String origin = note.text().substring(0, note.text().indexOf('\n') + 1).stripTrailing();
    boolean logSigned =
        logs.stream()
            .map(Party::key)
            .anyMatch(key -> key.name().equals(origin) && signed(note, key).isPresent());
    var cosigned = new LinkedHashSet<String>();
    Optional<Long> newest = Optional.empty();
    for (var witness : witnesses.entrySet()) {
      Optional<Cosignature> cosignature =
          signed(note, witness.getValue().key())
              .flatMap(signature -> Cosignature.parse(signature.signature()));
      if (cosignature.isPresent()) {
        cosigned.add(witness.getKey());
        newest = Optional.of(Math.max(newest.orElse(0L), cosignature.get().time()));
      }
    }
    return new Judgement(logSigned, quorum(cosigned), cosigned, newest);
  }

  /// Whether enough witnesses cosigned between two times, Unix seconds, both included: each
  /// cosignature counts by its own time, so one witness's clock makes nobody else's newer.
  public boolean quorumWithin(Note note, long from, long to) {
    var within = new HashSet<String>();
    witnesses.forEach((name, witness) ->
        signed(note, witness.key())
            .flatMap(signature -> Cosignature.parse(signature.signature()))
            .filter(cosignature -> cosignature.time() >= from && cosignature.time() <= to)
            .ifPresent(_ -> within.add(name)));
    return quorum(within);
  }

  /// Whether a checkpoint is believed that no witness has seen.
  public boolean trustsUnwitnessed() {
    return quorum(Set.of());
  }

  private static Optional<NoteSignature> signed(Note note, VerifierKey key) {
    try {
      return note.signatureOf(key);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Whether these witnesses are enough. Groups name what stands before them only, so one pass
  /// decides, however they are nested.
  public boolean quorum(Set<String> cosigned) {
    var held = new HashSet<>(cosigned);
    groups.forEach((name, group) -> {
      if (group.members.stream().filter(held::contains).count() >= group.threshold) {
        held.add(name);
      }
    });
    return quorum.equals(NONE) || held.contains(quorum);
  }

  private static final class Reading {
    private final List<Party> logs = new ArrayList<>();
    private final Map<String, Party> witnesses = new LinkedHashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private Optional<String> quorum = Optional.empty();

    void line(String line) {
      String trimmed = trim(line);
      if (trimmed.isEmpty() || trimmed.startsWith("#")) {
        return;
      }
      String[] words = BLANK.split(trimmed);
      switch (words[0]) {
        case "log" -> log(words);
        case "witness" -> witness(words);
        case "group" -> group(words);
        case "quorum" -> quorum(words);
        default -> throw new IllegalArgumentException("no line begins so");
      }
    }

    TlogPolicy policy() {
      return new TlogPolicy(
          logs,
          witnesses,
          groups,
          quorum.orElseThrow(() -> new IllegalArgumentException("a policy names its quorum")));
    }

    private void log(String[] words) {
      require(words.length == 2 || words.length == 3, "log <vkey> [<url>]");
      logs.add(party(words, 1, VerifierKey.Type.ED25519, logs));
    }

    private void witness(String[] words) {
      require(words.length == 3 || words.length == 4, "witness <name> <vkey> [<url>]");
      witnesses.put(
          fresh(words[1]), party(words, 2, VerifierKey.Type.COSIGNATURE, witnesses.values()));
    }

    private void group(String[] words) {
      require(words.length >= 4, "group <name> all|any|<k> <name>...");
      List<String> members = List.of(words).subList(3, words.length);
      members.forEach(this::requireKnown);
      require(new HashSet<>(members).size() == members.size(), "a member is named twice");
      int threshold =
          switch (words[2]) {
            case "all" -> members.size();
            case "any" -> 1;
            default -> {
              require(COUNT.matcher(words[2]).matches(), "a threshold is all, any or a number");
              yield Integer.parseInt(words[2]);
            }
          };
      require(threshold <= members.size(), "the threshold is above the number of members");
      groups.put(fresh(words[1]), new Group(threshold, members));
    }

    private void quorum(String[] words) {
      require(words.length == 2, "quorum <name>");
      require(quorum.isEmpty(), "there is one quorum");
      if (!words[1].equals(NONE)) {
        requireKnown(words[1]);
      }
      quorum = Optional.of(words[1]);
    }

    private static Party party(
        String[] words, int at, VerifierKey.Type type, Iterable<Party> others) {
      VerifierKey key = VerifierKey.parse(words[at]);
      require(key.type() == type, "this key is of another type");
      for (Party other : others) {
        require(
            !Arrays.equals(other.key().publicKey(), key.publicKey()), "this key is there already");
      }
      return new Party(key, words.length > at + 1 ? Optional.of(words[at + 1]) : Optional.empty());
    }

    private String fresh(String name) {
      require(
          !name.equals(NONE) && !witnesses.containsKey(name) && !groups.containsKey(name),
          "this name is taken");
      return name;
    }

    private void requireKnown(String name) {
      require(
          witnesses.containsKey(name) || groups.containsKey(name),
          "no witness or group of that name stands before");
    }

    private static String trim(String line) {
      return line.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalArgumentException(otherwise);
      }
    }
  }
}
