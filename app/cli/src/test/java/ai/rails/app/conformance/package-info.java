@NullMarked
package ai.rails.app.conformance;

import org.jspecify.annotations.NullMarked;
