/// The control plane's way out, against whoever is at its end.
@NullMarked
package ai.rails.platform.egress;

import org.jspecify.annotations.NullMarked;
