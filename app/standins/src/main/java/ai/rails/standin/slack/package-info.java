/// A Slack workspace: the Web API methods that approvals need, and a person who presses buttons.
@NullMarked
package ai.rails.standin.slack;

import org.jspecify.annotations.NullMarked;
