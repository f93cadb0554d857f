@NullMarked
package ai.rails.app.bench;

import org.jspecify.annotations.NullMarked;
