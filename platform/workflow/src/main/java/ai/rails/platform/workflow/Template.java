package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text with pointers in braces: `Hello {/steps/fetch/number}`. A brace without a slash after it is
/// a brace.
final class Template {
  private static final Pattern PART = Pattern.compile("\\{(/[^{}]{1,200})\\}");

  private Template() {}

  static List<String> pointers(String text) {
    List<String> pointers = new ArrayList<>();
    Matcher matcher = PART.matcher(text);
    while (matcher.find()) {
      pointers.add(matcher.group(1));
    }
    return pointers;
  }

  static String fill(String text, Function<String, String> values) {
    return PART.matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(values.apply(match.group(1))));
  }
}
