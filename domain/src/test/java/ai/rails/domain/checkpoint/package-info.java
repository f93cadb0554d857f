@NullMarked
package ai.rails.domain.checkpoint;

import org.jspecify.annotations.NullMarked;
