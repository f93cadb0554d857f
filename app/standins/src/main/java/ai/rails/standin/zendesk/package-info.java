/// The stand-in of Zendesk's tickets.
@NullMarked
package ai.rails.standin.zendesk;

import org.jspecify.annotations.NullMarked;
