/// `rails connector`: the connectors of this build and their configured instances.
@NullMarked
package ai.rails.app.connector;

import org.jspecify.annotations.NullMarked;
