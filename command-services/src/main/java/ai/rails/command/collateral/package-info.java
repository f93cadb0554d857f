/// What attestation evidence is judged with: fetched, cached while it is current, never used after.
@NullMarked
package ai.rails.command.collateral;

import org.jspecify.annotations.NullMarked;
