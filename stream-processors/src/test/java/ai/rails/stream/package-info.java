@NullMarked
package ai.rails.stream;

import org.jspecify.annotations.NullMarked;
