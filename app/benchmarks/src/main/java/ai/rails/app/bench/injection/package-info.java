/// Injected instructions, obeyed by the model, driven through the flagship.
@NullMarked
package ai.rails.app.bench.injection;

import org.jspecify.annotations.NullMarked;
