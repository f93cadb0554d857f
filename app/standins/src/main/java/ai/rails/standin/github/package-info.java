/// The stand-in of GitHub's issues.
@NullMarked
package ai.rails.standin.github;

import org.jspecify.annotations.NullMarked;
