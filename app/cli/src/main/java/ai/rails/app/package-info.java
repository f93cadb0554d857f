/// The front door: the `rails` verbs, and the launcher that runs everything on one machine.
@NullMarked
package ai.rails.app;

import org.jspecify.annotations.NullMarked;
