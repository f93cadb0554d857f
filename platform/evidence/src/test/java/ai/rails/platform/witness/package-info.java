@NullMarked
package ai.rails.platform.witness;

import org.jspecify.annotations.NullMarked;
