@NullMarked
package ai.rails.platform.workflow;

import org.jspecify.annotations.NullMarked;
