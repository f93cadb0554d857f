/// The flagship on the embedded stack: what `rails demo` tells.
@NullMarked
package ai.rails.app.demo;

import org.jspecify.annotations.NullMarked;
