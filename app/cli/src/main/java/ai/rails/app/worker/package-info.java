/// Workers as the embedded default has them, and verbs about workers.
@NullMarked
package ai.rails.app.worker;

import org.jspecify.annotations.NullMarked;
