package ai.rails.platform.workflow;

/// Where something stands in a workflow's source.
///
/// @param line from 1
/// @param column from 1
public record SourcePlace(int line, int column) {}
