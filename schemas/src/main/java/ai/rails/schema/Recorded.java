package ai.rails.schema;

import ai.rails.domain.Event;
import ai.rails.domain.Header;

/// An event as it was recorded.
public record Recorded(Header header, Event event) {}
