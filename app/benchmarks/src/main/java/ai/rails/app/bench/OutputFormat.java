package ai.rails.app.bench;

/// How the figures are printed: a table for people, or one line of JSON.
enum OutputFormat {
  TEXT,
  JSON
}
