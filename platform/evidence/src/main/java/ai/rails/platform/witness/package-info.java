/// Witnesses of a log (C2SP tlog-witness): the server that a customer runs, and its client.
@NullMarked
package ai.rails.platform.witness;

import org.jspecify.annotations.NullMarked;
