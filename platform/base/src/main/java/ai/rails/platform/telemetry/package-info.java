@NullMarked
package ai.rails.platform.telemetry;

import org.jspecify.annotations.NullMarked;
