/// Who outside may read a tenant's SIEM feed: granted, rotated and revoked here, carried out at the
/// brokers by the provisioner.
@NullMarked
package ai.rails.command.siem;

import org.jspecify.annotations.NullMarked;
