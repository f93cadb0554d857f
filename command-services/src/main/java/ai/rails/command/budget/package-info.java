/// Counters of what is reserved and spent.
@NullMarked
package ai.rails.command.budget;

import org.jspecify.annotations.NullMarked;
