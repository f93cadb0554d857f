/// Runners: where calls are made that no worker can reach.
@NullMarked
package ai.rails.domain.runner;

import org.jspecify.annotations.NullMarked;
