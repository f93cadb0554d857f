package ai.rails.enclave.classifier;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Writes SYNTHETIC tickets from templates of our own: varied, labelled, the same for the same
/// seed, and from no customer's data.
public final class SyntheticTickets {
  static final long SEED = 4_711;
  static final int COUNT = 1_200;

  private static final String TEMPLATES = "synthetic-tickets.txt";
  private static final Pattern SLOT = Pattern.compile("\\{([a-z0-9]+)}");
  private static final List<String> GREETINGS =
      List.of("", "Hello,", "Hi team,", "Dear service desk,", "Good morning,", "Hi,");
  private static final List<String> ENDINGS =
      List.of(
          "",
          "Thank you.",
          "Kind regards",
          "Please help.",
          "Thanks in advance.",
          "This is urgent.");

  private record Section(List<String> subjects, List<String> bodies) {}

  private final Map<String, Section> sections = new LinkedHashMap<>();
  private final Map<String, List<String>> slots = new HashMap<>();
  private final RandomGenerator random;

  private SyntheticTickets(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    parse();
  }

  /// The set that the shipped model is trained on.
  public static List<LabelledText> training() {
    return generate(SEED, COUNT);
  }

  /// `count` tickets, the categories in turn.
  public static List<LabelledText> generate(long seed, int count) {
    SyntheticTickets writer = new SyntheticTickets(seed);
    List<String> categories = List.copyOf(writer.sections.keySet());
    List<LabelledText> tickets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String category = categories.get(i % categories.size());
      tickets.add(new LabelledText(writer.ticket(category), category));
    }
    return tickets;
  }

  private String ticket(String category) {
    Section section = section(category);
    List<String> parts = new ArrayList<>(List.of(any(section.subjects()) + "."));
    parts.add(any(GREETINGS));
    int sentences = 1 + random.nextInt(3);
    for (int i = 0; i < sentences; i++) {
      parts.add(any(section.bodies()));
    }
    parts.add(any(ENDINGS));
    return filled(
        String.join(" ", parts.stream().filter(part -> !part.isEmpty()).distinct().toList()));
  }

  private String filled(String template) {
    String text = template;
    for (Matcher slot = SLOT.matcher(text); slot.find(); slot = SLOT.matcher(text)) {
      List<String> choices = slots.get(slot.group(1));
      if (choices == null) {
        throw new IllegalStateException(
            TEMPLATES + " names the slot {" + slot.group(1) + "} but does not define it");
      }
      text = text.substring(0, slot.start()) + any(choices) + text.substring(slot.end());
    }
    return text;
  }

  private String any(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private Section section(String category) {
    return sections.computeIfAbsent(
        category, _ -> new Section(new ArrayList<>(), new ArrayList<>()));
  }

  private void parse() {
    String category = "";
    for (String line : templates().lines().toList()) {
      if (line.startsWith("[")) {
        category = line.substring(1, line.indexOf(']'));
      } else if (line.startsWith("< ")) {
        section(category).subjects().add(line.substring(2));
      } else if (line.startsWith("> ")) {
        section(category).bodies().add(line.substring(2));
      } else if (line.contains(" = ")) {
        slots.put(
            line.substring(0, line.indexOf(" = ")),
            List.of(line.substring(line.indexOf(" = ") + 3).split(" \\| ")));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IllegalStateException(TEMPLATES + " has a line of no kind: " + line);
      }
    }
  }

  private static String templates() {
    try (InputStream in = SyntheticTickets.class.getResourceAsStream(TEMPLATES)) {
      if (in == null) {
        throw new IllegalStateException(
            "the resource " + TEMPLATES + " is missing from the worker's jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + TEMPLATES, e);
    }
  }
}
