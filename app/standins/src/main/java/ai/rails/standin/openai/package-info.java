/// OpenAI's Chat Completions and Responses.
@NullMarked
package ai.rails.standin.openai;

import org.jspecify.annotations.NullMarked;
