@NullMarked
package ai.rails.stream.kafka;

import org.jspecify.annotations.NullMarked;
