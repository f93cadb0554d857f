/// What the language model stand-ins share: prompts, answers, token counts and a prompt cache.
@NullMarked
package ai.rails.standin.model;

import org.jspecify.annotations.NullMarked;
