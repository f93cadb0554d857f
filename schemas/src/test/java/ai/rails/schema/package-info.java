@NullMarked
package ai.rails.schema;

import org.jspecify.annotations.NullMarked;
