/// Runs on the write side: their rows, their timers and what policy is asked about them.
@NullMarked
package ai.rails.command.run;

import org.jspecify.annotations.NullMarked;
