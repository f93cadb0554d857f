/// Remote attestation, verified: Intel TDX quotes and AMD SEV-SNP reports. Start at
/// [ai.rails.attestation.Verifier].
@NullMarked
package ai.rails.attestation;

import org.jspecify.annotations.NullMarked;
