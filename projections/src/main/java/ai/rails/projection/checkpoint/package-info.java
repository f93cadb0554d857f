/// Checkpoints of the logs, and the tiles they stand over, as the read side keeps them.
@NullMarked
package ai.rails.projection.checkpoint;

import org.jspecify.annotations.NullMarked;
