/// Evidence bundles: what is in them, and how anybody checks them.
@NullMarked
package ai.rails.platform.evidence;

import org.jspecify.annotations.NullMarked;
