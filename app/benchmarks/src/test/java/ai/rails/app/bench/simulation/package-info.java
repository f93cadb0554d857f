@NullMarked
package ai.rails.app.bench.simulation;

import org.jspecify.annotations.NullMarked;
