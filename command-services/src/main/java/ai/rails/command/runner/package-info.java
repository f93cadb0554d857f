/// Runners on the write side: who may take which calls, and calls on their way, sealed.
@NullMarked
package ai.rails.command.runner;

import org.jspecify.annotations.NullMarked;
