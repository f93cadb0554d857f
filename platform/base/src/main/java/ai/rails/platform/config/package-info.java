@NullMarked
package ai.rails.platform.config;

import org.jspecify.annotations.NullMarked;
