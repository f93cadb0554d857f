/// Keys of many workers, attested and rotated while runs go on.
@NullMarked
package ai.rails.app.bench.rotation;

import org.jspecify.annotations.NullMarked;
