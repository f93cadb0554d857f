/// Stateful stand-ins for the outside services, and what they share: a strict local server, faults
/// and an fsynced journal.
@NullMarked
package ai.rails.standin;

import org.jspecify.annotations.NullMarked;
