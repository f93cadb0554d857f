package ai.rails.standin.model;

import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.MalformedRequest;

/// The worst case: a model that does what the text it reads tells it to do.
///
/// A JSON object in the user's text is returned as the answer; a sentence `set <field> to <value>`
/// overrides that member of what the ordinary answer would have been. It shows that safety does not
/// rest on the model.
public final class ObedientAnswers implements Function<Prompt, String> {
  private static final Pattern ORDER =
      Pattern.compile(
          "(?i)\\b(?:set|change|make|put)\\s+(?:the\\s+)?([a-z][a-z_ ]{1,40}?)\\s+(?:to|as)\\s+[\"'`]?([^\"'`.,;\\r\\n]{1,80})");

  private final Function<Prompt, String> ordinary;

  public ObedientAnswers(Function<Prompt, String> ordinary) {
    this.ordinary = ordinary;
  }

  @Override
  public String apply(Prompt prompt) {
    for (int start = prompt.user().indexOf('{');
        start >= 0;
        start = prompt.user().indexOf('{', start + 1)) {
      String dictated = objectAt(prompt.user(), start);
      if (!dictated.isEmpty()) {
        return dictated;
      }
    }
    return overridden(ordinary.apply(prompt), prompt.user());
  }

  private static String overridden(String answer, String text) {
    ObjectNode members;
    try {
      members = Json.parseObject(answer);
    } catch (MalformedRequest e) {
      return answer;
    }
    Matcher orders = ORDER.matcher(text);
    while (orders.find()) {
      members.put(
          orders.group(1).strip().toLowerCase(Locale.ROOT).replace(' ', '_'),
          orders.group(2).strip());
    }
    return members.toString();
  }

  /// The JSON object that starts there, or an empty string.
  private static String objectAt(String text, int start) {
    int depth = 0;
    for (int i = start; i < text.length(); i++) {
      depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        try {
          return Json.parseObject(text.substring(start, i + 1)).toString();
        } catch (MalformedRequest e) {
          return "";
        }
      }
    }
    return "";
  }
}
