@NullMarked
package ai.rails.projection.run;

import org.jspecify.annotations.NullMarked;
