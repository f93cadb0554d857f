/// Sealed content for the person at the terminal.
@NullMarked
package ai.rails.app.reveal;

import org.jspecify.annotations.NullMarked;
