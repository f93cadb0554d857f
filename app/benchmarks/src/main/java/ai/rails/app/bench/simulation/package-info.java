/// The tool-call protocol in virtual time: the real rules of runs, with everything around them
/// simulated.
@NullMarked
package ai.rails.app.bench.simulation;

import org.jspecify.annotations.NullMarked;
