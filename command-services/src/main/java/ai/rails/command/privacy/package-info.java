/// Erasure, retention and legal holds: destroying content, and keeping it from being destroyed.
@NullMarked
package ai.rails.command.privacy;

import org.jspecify.annotations.NullMarked;
