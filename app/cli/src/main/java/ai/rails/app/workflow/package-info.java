/// `rails workflow`: check, publish and activate workflows.
@NullMarked
package ai.rails.app.workflow;

import org.jspecify.annotations.NullMarked;
