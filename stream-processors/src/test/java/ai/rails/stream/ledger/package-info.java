@NullMarked
package ai.rails.stream.ledger;

import org.jspecify.annotations.NullMarked;
