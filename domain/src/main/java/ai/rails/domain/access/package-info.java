@NullMarked
package ai.rails.domain.access;

import org.jspecify.annotations.NullMarked;
