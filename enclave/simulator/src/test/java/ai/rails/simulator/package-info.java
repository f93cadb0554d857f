@NullMarked
package ai.rails.simulator;

import org.jspecify.annotations.NullMarked;
