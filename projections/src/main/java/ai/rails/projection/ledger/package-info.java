@NullMarked
package ai.rails.projection.ledger;

import org.jspecify.annotations.NullMarked;
