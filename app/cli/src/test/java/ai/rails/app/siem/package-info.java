@NullMarked
package ai.rails.app.siem;

import org.jspecify.annotations.NullMarked;
