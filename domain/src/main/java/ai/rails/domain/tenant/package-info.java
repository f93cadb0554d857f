@NullMarked
package ai.rails.domain.tenant;

import org.jspecify.annotations.NullMarked;
