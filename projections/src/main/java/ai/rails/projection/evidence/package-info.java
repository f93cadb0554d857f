/// Evidence bundles: what they are made from, the making, and the way out.
@NullMarked
package ai.rails.projection.evidence;

import org.jspecify.annotations.NullMarked;
