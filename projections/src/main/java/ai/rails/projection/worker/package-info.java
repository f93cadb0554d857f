/// Workers: who may open content, on what evidence, until when.
@NullMarked
package ai.rails.projection.worker;

import org.jspecify.annotations.NullMarked;
