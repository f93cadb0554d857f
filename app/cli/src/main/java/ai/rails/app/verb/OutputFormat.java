package ai.rails.app.verb;

/// How a verb prints its answer.
public enum OutputFormat {
  TEXT,
  JSON
}
