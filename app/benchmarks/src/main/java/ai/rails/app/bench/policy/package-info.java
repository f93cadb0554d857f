/// What policy costs, and what gets out while it is away.
@NullMarked
package ai.rails.app.bench.policy;

import org.jspecify.annotations.NullMarked;
