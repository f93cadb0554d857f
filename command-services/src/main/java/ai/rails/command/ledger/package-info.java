/// Acts on workspaces' logs themselves.
@NullMarked
package ai.rails.command.ledger;

import org.jspecify.annotations.NullMarked;
