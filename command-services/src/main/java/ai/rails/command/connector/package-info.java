/// Configured connectors, their credentials and webhook secrets.
@NullMarked
package ai.rails.command.connector;

import org.jspecify.annotations.NullMarked;
