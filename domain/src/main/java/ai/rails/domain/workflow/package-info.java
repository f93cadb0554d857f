@NullMarked
package ai.rails.domain.workflow;

import org.jspecify.annotations.NullMarked;
