/// The servers that the launcher runs itself, so that nothing needs to be installed first.
@NullMarked
package ai.rails.app.embedded;

import org.jspecify.annotations.NullMarked;
