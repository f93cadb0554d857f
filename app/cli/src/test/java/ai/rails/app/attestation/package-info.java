@NullMarked
package ai.rails.app.attestation;

import org.jspecify.annotations.NullMarked;
