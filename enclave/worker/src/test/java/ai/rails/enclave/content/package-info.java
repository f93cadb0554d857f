@NullMarked
package ai.rails.enclave.content;

import org.jspecify.annotations.NullMarked;
