/// The connector gateway: the only place from which the product reaches the outside world.
///
/// It executes the manifests of `connectors`, each declared request over a connection of its own
/// through the egress proxy under a ticket of its own, and says what became of the call.
@NullMarked
package ai.rails.enclave.gateway;

import org.jspecify.annotations.NullMarked;
