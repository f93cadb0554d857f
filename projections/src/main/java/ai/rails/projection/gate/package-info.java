@NullMarked
package ai.rails.projection.gate;

import org.jspecify.annotations.NullMarked;
