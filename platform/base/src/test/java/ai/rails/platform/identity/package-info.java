/// Whom other providers of identity vouch for.
@NullMarked
package ai.rails.platform.identity;

import org.jspecify.annotations.NullMarked;
