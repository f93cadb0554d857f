/// Who is given evidence: noted in the ledger before he gets it.
@NullMarked
package ai.rails.projection.access;

import org.jspecify.annotations.NullMarked;
