/// The stand-in of Stripe's refunds and customer balances.
@NullMarked
package ai.rails.standin.stripe;

import org.jspecify.annotations.NullMarked;
