/// What is held, and how long what is kept.
@NullMarked
package ai.rails.projection.privacy;

import org.jspecify.annotations.NullMarked;
