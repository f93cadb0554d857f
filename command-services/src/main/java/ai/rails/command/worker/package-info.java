/// What workers ask of the control plane: claims, leases, intents and outcomes, each fenced by the
/// lease's epoch.
@NullMarked
package ai.rails.command.worker;

import org.jspecify.annotations.NullMarked;
