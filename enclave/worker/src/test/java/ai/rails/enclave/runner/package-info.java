@NullMarked
package ai.rails.enclave.runner;

import org.jspecify.annotations.NullMarked;
