@NullMarked
package ai.rails.platform.opa;

import org.jspecify.annotations.NullMarked;
