@NullMarked
package ai.rails.app;

import org.jspecify.annotations.NullMarked;
