/// How many calls may be on their way, how fast they may follow each other, and whether the other
/// side works: what holds a call back before anything of it is intended.
@NullMarked
package ai.rails.command.flow;

import org.jspecify.annotations.NullMarked;
