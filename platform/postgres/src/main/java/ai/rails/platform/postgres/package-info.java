/// The pool, the migrations and the transaction; what is written in it belongs to the features.
@NullMarked
package ai.rails.platform.postgres;

import org.jspecify.annotations.NullMarked;
