@NullMarked
package ai.rails.projection.http;

import org.jspecify.annotations.NullMarked;
