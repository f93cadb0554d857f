/// What a governed call costs beyond the call itself.
@NullMarked
package ai.rails.app.bench.gateway;

import org.jspecify.annotations.NullMarked;
