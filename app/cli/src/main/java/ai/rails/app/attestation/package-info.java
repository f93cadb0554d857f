/// `rails attestation`: evidence verified from files, and the conformance cases of the verifier.
@NullMarked
package ai.rails.app.attestation;

import org.jspecify.annotations.NullMarked;
