/// The byte formats that evidence and collateral come in, read strictly and with limits.
@NullMarked
package ai.rails.attestation.format;

import org.jspecify.annotations.NullMarked;
