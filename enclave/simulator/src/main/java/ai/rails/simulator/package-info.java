/// A confidential machine that is none, for development: quotes that are right in every byte, under
/// a root that no production verifier trusts. No product module depends on it.
@NullMarked
package ai.rails.simulator;

import org.jspecify.annotations.NullMarked;
