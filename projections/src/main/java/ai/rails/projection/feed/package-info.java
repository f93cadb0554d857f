@NullMarked
package ai.rails.projection.feed;

import org.jspecify.annotations.NullMarked;
