package ai.rails.standin.model;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;

/// The model behind a stand-in: an injected function, and outcomes that a test asks for. Thread
/// safe; this object owns the queue.
public final class ModelAnswers {
  private final Function<Prompt, String> function;
  private final Queue<Outcome> next = new ArrayDeque<>();

  public ModelAnswers(Function<Prompt, String> function) {
    this.function = function;
  }

  /// The next `times` generations end this way.
  public synchronized void next(int times, Outcome outcome) {
    for (int i = 0; i < times; i++) {
      next.add(outcome);
    }
  }

  /// Generates at most `mostTokens` tokens.
  public Answer answer(Prompt prompt, int mostTokens) {
    Outcome asked = take();
    if (asked == Outcome.REFUSAL || asked == Outcome.CONTENT_FILTER) {
      String text = asked == Outcome.REFUSAL ? "I'm sorry, I cannot assist with that request." : "";
      return new Answer(text, asked, Tokens.count(text));
    }
    String text = function.apply(prompt);
    int room = asked == Outcome.LENGTH ? Math.min(mostTokens, Tokens.count(text) / 2) : mostTokens;
    if (Tokens.count(text) > room || asked == Outcome.LENGTH) {
      return new Answer(Tokens.first(text, room), Outcome.LENGTH, room);
    }
    return new Answer(text, Outcome.COMPLETE, Tokens.count(text));
  }

  private synchronized Outcome take() {
    Outcome asked = next.poll();
    return asked == null ? Outcome.COMPLETE : asked;
  }
}
