@NullMarked
package ai.rails.stream.relay;

import org.jspecify.annotations.NullMarked;
