/// Runners: who makes calls where no worker reaches, and who may no more.
@NullMarked
package ai.rails.projection.runner;

import org.jspecify.annotations.NullMarked;
