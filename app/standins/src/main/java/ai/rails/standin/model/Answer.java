package ai.rails.standin.model;

/// A generated text, how it ended and what it cost in tokens.
public record Answer(String text, Outcome outcome, int outputTokens) {}
