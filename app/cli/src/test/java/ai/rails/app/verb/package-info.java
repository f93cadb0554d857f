@NullMarked
package ai.rails.app.verb;

import org.jspecify.annotations.NullMarked;
