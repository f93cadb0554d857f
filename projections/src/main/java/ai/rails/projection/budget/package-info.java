@NullMarked
package ai.rails.projection.budget;

import org.jspecify.annotations.NullMarked;
