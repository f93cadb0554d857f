/// `rails cost`: what runs cost, and what a workspace may spend.
@NullMarked
package ai.rails.app.budget;

import org.jspecify.annotations.NullMarked;
