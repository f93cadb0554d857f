@NullMarked
package ai.rails.platform.ticket;

import org.jspecify.annotations.NullMarked;
