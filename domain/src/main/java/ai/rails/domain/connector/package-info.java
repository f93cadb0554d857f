@NullMarked
package ai.rails.domain.connector;

import org.jspecify.annotations.NullMarked;
