/// What vendors publish beside evidence: TCB info, identities, revocation lists, certificates.
@NullMarked
package ai.rails.attestation.collateral;

import org.jspecify.annotations.NullMarked;
