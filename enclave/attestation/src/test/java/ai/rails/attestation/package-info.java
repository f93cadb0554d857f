@NullMarked
package ai.rails.attestation;

import org.jspecify.annotations.NullMarked;
