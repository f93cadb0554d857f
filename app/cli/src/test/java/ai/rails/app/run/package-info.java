@NullMarked
package ai.rails.app.run;

import org.jspecify.annotations.NullMarked;
