@NullMarked
package ai.rails.domain.budget;

import org.jspecify.annotations.NullMarked;
