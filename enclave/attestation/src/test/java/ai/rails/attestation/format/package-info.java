@NullMarked
package ai.rails.attestation.format;

import org.jspecify.annotations.NullMarked;
