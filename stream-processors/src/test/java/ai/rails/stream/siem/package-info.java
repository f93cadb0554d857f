@NullMarked
package ai.rails.stream.siem;

import org.jspecify.annotations.NullMarked;
