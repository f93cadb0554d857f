@NullMarked
package ai.rails.enclave.gateway;

import org.jspecify.annotations.NullMarked;
