@NullMarked
package ai.rails;

import org.jspecify.annotations.NullMarked;
