/// The SIEM feed: every ledger entry as one OCSF 1.8.0 record of `t.<tenant>.ocsf.v1`.
@NullMarked
package ai.rails.stream.siem;

import org.jspecify.annotations.NullMarked;
