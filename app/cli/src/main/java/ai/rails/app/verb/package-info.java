/// What the verbs of the command line share: who calls whom, how answers are shown, exit codes.
@NullMarked
package ai.rails.app.verb;

import org.jspecify.annotations.NullMarked;
