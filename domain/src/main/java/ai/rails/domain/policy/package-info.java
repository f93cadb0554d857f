@NullMarked
package ai.rails.domain.policy;

import org.jspecify.annotations.NullMarked;
