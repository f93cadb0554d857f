/// A ServiceNow instance: Table API, OAuth, rate rule and the business rule that fires the webhook.
@NullMarked
package ai.rails.standin.servicenow;

import org.jspecify.annotations.NullMarked;
