/// What an image will measure, out of its files: firmware, kernel, initial file system, command
/// line. Needs no confidential machine.
@NullMarked
package ai.rails.attestation.measurement;

import org.jspecify.annotations.NullMarked;
