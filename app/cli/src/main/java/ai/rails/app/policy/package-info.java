/// `rails policy`: test and lint the policies of this project.
@NullMarked
package ai.rails.app.policy;

import org.jspecify.annotations.NullMarked;
