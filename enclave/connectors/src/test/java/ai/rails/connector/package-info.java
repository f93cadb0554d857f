@NullMarked
package ai.rails.connector;

import org.jspecify.annotations.NullMarked;
