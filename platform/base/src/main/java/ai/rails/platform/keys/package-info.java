@NullMarked
package ai.rails.platform.keys;

import org.jspecify.annotations.NullMarked;
