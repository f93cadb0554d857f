/// The stand-in of Telegram's Bot API.
@NullMarked
package ai.rails.standin.telegram;

import org.jspecify.annotations.NullMarked;
