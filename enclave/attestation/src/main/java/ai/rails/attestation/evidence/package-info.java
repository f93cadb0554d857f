/// Evidence as the Linux kernel hands it to a confidential guest. The only package of this artifact
/// that touches files.
@NullMarked
package ai.rails.attestation.evidence;

import org.jspecify.annotations.NullMarked;
