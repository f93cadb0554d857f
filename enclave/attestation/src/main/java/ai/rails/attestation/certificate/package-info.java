/// X.509 certificates, revocation lists and elliptic curve signatures, on the JDK alone.
@NullMarked
package ai.rails.attestation.certificate;

import org.jspecify.annotations.NullMarked;
