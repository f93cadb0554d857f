/// How requests become commands and commands become answers.
@NullMarked
package ai.rails.command.http;

import org.jspecify.annotations.NullMarked;
