/// The verbs of data protection.
@NullMarked
package ai.rails.app.privacy;

import org.jspecify.annotations.NullMarked;
