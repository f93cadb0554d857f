@NullMarked
package ai.rails.platform.json;

import org.jspecify.annotations.NullMarked;
