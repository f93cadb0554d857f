/// Publishing, activating and loading workflows.
@NullMarked
package ai.rails.command.workflow;

import org.jspecify.annotations.NullMarked;
