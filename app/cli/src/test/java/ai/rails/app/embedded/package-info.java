@NullMarked
package ai.rails.app.embedded;

import org.jspecify.annotations.NullMarked;
