@NullMarked
package ai.rails.enclave.release;

import org.jspecify.annotations.NullMarked;
