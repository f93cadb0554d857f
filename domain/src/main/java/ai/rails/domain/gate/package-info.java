/// What an approval is made of beside a click: whose say it is, what a passkey signed, who is asked
/// next.
@NullMarked
package ai.rails.domain.gate;

import org.jspecify.annotations.NullMarked;
