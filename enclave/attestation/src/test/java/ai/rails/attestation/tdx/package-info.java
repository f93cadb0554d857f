@NullMarked
package ai.rails.attestation.tdx;

import org.jspecify.annotations.NullMarked;
