@NullMarked
package ai.rails.enclave.worker;

import org.jspecify.annotations.NullMarked;
