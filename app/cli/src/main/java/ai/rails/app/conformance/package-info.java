/// `rails conformance`: vectors of public standards, run against this product.
@NullMarked
package ai.rails.app.conformance;

import org.jspecify.annotations.NullMarked;
