@NullMarked
package ai.rails.projection.tenant;

import org.jspecify.annotations.NullMarked;
