@NullMarked
package ai.rails.stream.provisioner;

import org.jspecify.annotations.NullMarked;
