/// The only package that knows Axon, and the only one that reads and writes events. A feature
/// registers an [ai.rails.command.Entity] and stays plain Java.
@NullMarked
package ai.rails.command.axon;

import org.jspecify.annotations.NullMarked;
