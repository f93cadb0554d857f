@NullMarked
package ai.rails.projection.jooq;

import org.jspecify.annotations.NullMarked;
