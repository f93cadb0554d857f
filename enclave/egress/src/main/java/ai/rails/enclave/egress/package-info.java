/// The egress proxy: the one way out, open for signed, short-lived, single-use tickets only.
///
/// It runs as its own process and holds no secret: it knows the public key of the tickets and
/// nothing of tenants, policies or content.
@NullMarked
package ai.rails.enclave.egress;

import org.jspecify.annotations.NullMarked;
