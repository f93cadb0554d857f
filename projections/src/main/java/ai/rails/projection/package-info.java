@NullMarked
package ai.rails.projection;

import org.jspecify.annotations.NullMarked;
