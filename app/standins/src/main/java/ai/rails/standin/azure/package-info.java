/// Azure OpenAI: the unified and the deployment paths over OpenAI's dialect.
@NullMarked
package ai.rails.standin.azure;

import org.jspecify.annotations.NullMarked;
