/// `rails policy`: test, lint and simulate policies.
@NullMarked
package ai.rails.app.policy;

import org.jspecify.annotations.NullMarked;
