@NullMarked
package ai.rails.command.policy;

import org.jspecify.annotations.NullMarked;
