@NullMarked
package ai.rails.enclave.egress;

import org.jspecify.annotations.NullMarked;
