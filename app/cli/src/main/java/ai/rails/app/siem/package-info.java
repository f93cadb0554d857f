/// `rails siem`: subscribers of a tenant's SIEM feed, their configurations, and the feed itself.
@NullMarked
package ai.rails.app.siem;

import org.jspecify.annotations.NullMarked;
