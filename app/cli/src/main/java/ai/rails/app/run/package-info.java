/// `rails run`: start runs, see why they wait, watch them, send them on.
@NullMarked
package ai.rails.app.run;

import org.jspecify.annotations.NullMarked;
