@NullMarked
package ai.rails.app.bench.injection;

import org.jspecify.annotations.NullMarked;
