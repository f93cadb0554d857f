/// Sealed content of runs for people who may see it.
@NullMarked
package ai.rails.command.reveal;

import org.jspecify.annotations.NullMarked;
