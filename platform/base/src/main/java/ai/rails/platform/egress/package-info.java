/// The control plane's own way out: to a fixed list of destinations, through the egress proxy, with
/// service tickets.
@NullMarked
package ai.rails.platform.egress;

import org.jspecify.annotations.NullMarked;
