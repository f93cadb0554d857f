@NullMarked
package ai.rails.attestation.measurement;

import org.jspecify.annotations.NullMarked;
