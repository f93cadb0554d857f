/// Decisions about gates over HTTP.
@NullMarked
package ai.rails.command.gate;

import org.jspecify.annotations.NullMarked;
