/// Approvals given in Slack.
@NullMarked
package ai.rails.command.slack;

import org.jspecify.annotations.NullMarked;
