@NullMarked
package ai.rails.app.connector;

import org.jspecify.annotations.NullMarked;
