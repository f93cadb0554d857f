/// `rails witness`: what a customer runs to watch the logs of a cell.
@NullMarked
package ai.rails.app.witness;

import org.jspecify.annotations.NullMarked;
