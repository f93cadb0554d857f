@NullMarked
package ai.rails.domain.worker;

import org.jspecify.annotations.NullMarked;
