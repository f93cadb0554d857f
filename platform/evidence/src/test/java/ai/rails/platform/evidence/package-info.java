@NullMarked
package ai.rails.platform.evidence;

import org.jspecify.annotations.NullMarked;
