/// What anybody can check of a workspace's log without believing the server.
@NullMarked
package ai.rails.app.ledger;

import org.jspecify.annotations.NullMarked;
