@NullMarked
package ai.rails.app.bench.once;

import org.jspecify.annotations.NullMarked;
