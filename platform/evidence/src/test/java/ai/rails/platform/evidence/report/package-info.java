@NullMarked
package ai.rails.platform.evidence.report;

import org.jspecify.annotations.NullMarked;
