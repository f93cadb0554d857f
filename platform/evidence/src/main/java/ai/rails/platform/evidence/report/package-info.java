/// The documents of a bundle that people read: what its entries say, in other words.
@NullMarked
package ai.rails.platform.evidence.report;

import org.jspecify.annotations.NullMarked;
