@NullMarked
package ai.rails.projection.workflow;

import org.jspecify.annotations.NullMarked;
