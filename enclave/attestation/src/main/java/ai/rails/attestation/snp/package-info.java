/// AMD SEV-SNP: reports and their endorsement keys.
@NullMarked
package ai.rails.attestation.snp;

import org.jspecify.annotations.NullMarked;
