/// Anthropic's Messages.
@NullMarked
package ai.rails.standin.anthropic;

import org.jspecify.annotations.NullMarked;
