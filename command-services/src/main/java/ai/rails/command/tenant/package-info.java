/// Tenants, workspaces, roles, identities and budget limits.
@NullMarked
package ai.rails.command.tenant;

import org.jspecify.annotations.NullMarked;
