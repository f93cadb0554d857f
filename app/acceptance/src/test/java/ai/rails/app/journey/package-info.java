@NullMarked
package ai.rails.app.journey;

import org.jspecify.annotations.NullMarked;
