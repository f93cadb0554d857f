@NullMarked
package ai.rails.projection.connector;

import org.jspecify.annotations.NullMarked;
