/// `rails tenant`: admit tenants and give them workspaces.
@NullMarked
package ai.rails.app.tenant;

import org.jspecify.annotations.NullMarked;
