/// Who was refused what.
@NullMarked
package ai.rails.command.access;

import org.jspecify.annotations.NullMarked;
