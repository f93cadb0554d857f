/// Strict stand-ins of services whose APIs the connectors use a small part of: each is a table of
/// what the vendor's reference takes, over the journal of what was done.
@NullMarked
package ai.rails.standin.vendor;

import org.jspecify.annotations.NullMarked;
