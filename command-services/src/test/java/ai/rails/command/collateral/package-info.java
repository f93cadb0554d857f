@NullMarked
package ai.rails.command.collateral;

import org.jspecify.annotations.NullMarked;
