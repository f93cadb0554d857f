/// The client side of our own REST API: requests, refusals, event streams.
@NullMarked
package ai.rails.app.http;

import org.jspecify.annotations.NullMarked;
