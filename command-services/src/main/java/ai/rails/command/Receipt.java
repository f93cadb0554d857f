package ai.rails.command;

import java.util.List;

import ai.rails.domain.Event;

/// What a command made happen.
///
/// @param position of its last event in the workspace, or the workspace's position if it had
///   happened already; a reader that has reached it sees the command's effect
/// @param events empty if it had happened already
public record Receipt(long position, List<Event> events) {
  public Receipt {
    events = List.copyOf(events);
  }
}
