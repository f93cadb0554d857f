@NullMarked
package ai.rails.domain.ledger;

import org.jspecify.annotations.NullMarked;
