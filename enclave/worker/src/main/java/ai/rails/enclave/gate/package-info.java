@NullMarked
package ai.rails.enclave.gate;

import org.jspecify.annotations.NullMarked;
