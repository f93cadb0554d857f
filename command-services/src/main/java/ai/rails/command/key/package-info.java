/// Keys: the only package that knows the key management service.
@NullMarked
package ai.rails.command.key;

import org.jspecify.annotations.NullMarked;
