@NullMarked
package ai.rails.platform.http;

import org.jspecify.annotations.NullMarked;
