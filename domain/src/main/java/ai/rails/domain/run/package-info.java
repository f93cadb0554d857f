@NullMarked
package ai.rails.domain.run;

import org.jspecify.annotations.NullMarked;
