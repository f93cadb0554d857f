/// Connectors as data: manifests that say what an action may send, what it may be told, and how its
/// effect is proved; prompts and prices beside them; and the small language they are written in.
///
/// Nothing here opens a connection.
@NullMarked
package ai.rails.connector;

import org.jspecify.annotations.NullMarked;
