/// Webhooks that start runs.
@NullMarked
package ai.rails.command.hook;

import org.jspecify.annotations.NullMarked;
