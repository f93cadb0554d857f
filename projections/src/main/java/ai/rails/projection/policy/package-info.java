@NullMarked
package ai.rails.projection.policy;

import org.jspecify.annotations.NullMarked;
