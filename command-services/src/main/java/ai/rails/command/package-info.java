/// What every feature of the write side works with: a command, its context, the one transaction.
@NullMarked
package ai.rails.command;

import org.jspecify.annotations.NullMarked;
