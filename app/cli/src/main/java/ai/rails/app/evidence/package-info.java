/// `rails evidence`: bundles that outsiders can check.
@NullMarked
package ai.rails.app.evidence;

import org.jspecify.annotations.NullMarked;
