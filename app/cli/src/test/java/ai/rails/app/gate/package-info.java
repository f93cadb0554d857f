@NullMarked
package ai.rails.app.gate;

import org.jspecify.annotations.NullMarked;
