/// Personal data: what is destroyed, when, why, and what a legal hold keeps.
@NullMarked
package ai.rails.domain.privacy;

import org.jspecify.annotations.NullMarked;
