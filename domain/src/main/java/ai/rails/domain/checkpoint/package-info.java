/// Signed notes, checkpoints, cosignatures, proofs and policies, as C2SP defines them: what of a
/// log leaves the house. Formats and verification; nothing here holds a signing key.
@NullMarked
package ai.rails.domain.checkpoint;

import org.jspecify.annotations.NullMarked;
