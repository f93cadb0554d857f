/// SIEM subscribers: who outside may read a tenant's feed.
@NullMarked
package ai.rails.domain.siem;

import org.jspecify.annotations.NullMarked;
