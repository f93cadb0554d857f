/// Calls that must happen once, made while everything is killed.
@NullMarked
package ai.rails.app.bench.once;

import org.jspecify.annotations.NullMarked;
