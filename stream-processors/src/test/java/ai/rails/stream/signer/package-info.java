@NullMarked
package ai.rails.stream.signer;

import org.jspecify.annotations.NullMarked;
