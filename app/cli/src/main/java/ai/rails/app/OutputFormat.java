package ai.rails.app;

/// How a verb prints its answer.
enum OutputFormat {
  TEXT,
  JSON
}
