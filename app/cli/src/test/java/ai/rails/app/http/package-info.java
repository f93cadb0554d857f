@NullMarked
package ai.rails.app.http;

import org.jspecify.annotations.NullMarked;
