/// Signs the heads of the logs: the only holder of the cell's log key. It trusts neither Kafka nor
/// the ledger task; its own table decides, and witnesses watch it.
@NullMarked
package ai.rails.stream.signer;

import org.jspecify.annotations.NullMarked;
