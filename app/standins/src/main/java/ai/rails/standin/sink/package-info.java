/// A service of no vendor, with one operation for each class of idempotency.
@NullMarked
package ai.rails.standin.sink;

import org.jspecify.annotations.NullMarked;
