@NullMarked
package ai.rails.domain.runner;

import org.jspecify.annotations.NullMarked;
