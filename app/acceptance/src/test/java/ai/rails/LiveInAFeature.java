package ai.rails;

import java.util.List;
import java.util.Set;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/// Below a module's root package, every package is a feature of the product or named plumbing.
final class LiveInAFeature extends ArchCondition<JavaClass> {
  private final Set<String> words;

  LiveInAFeature(Set<String> words) {
    super("live in a package named after a feature");
    this.words = Set.copyOf(words);
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    List<String> path = List.of(type.getPackageName().split("\\."));
    for (String word : path.subList(Math.min(3, path.size()), path.size())) {
      if (!words.contains(word)) {
        events.add(
            SimpleConditionEvent.violated(
                type,
                "%s: '%s' is no feature and no named plumbing; move it, or name the package after"
                        .formatted(type.getName(), word)
                    + " what it is about"));
      }
    }
  }
}
