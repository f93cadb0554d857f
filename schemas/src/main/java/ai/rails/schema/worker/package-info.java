@NullMarked
package ai.rails.schema.worker;

import org.jspecify.annotations.NullMarked;
