/// Intel TDX: quotes, their chain of signatures, TCB evaluation, event log replay.
@NullMarked
package ai.rails.attestation.tdx;

import org.jspecify.annotations.NullMarked;
