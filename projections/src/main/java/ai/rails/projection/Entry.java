package ai.rails.projection;

import ai.rails.domain.Event;
import ai.rails.domain.Header;

/// One ledger entry as the read side sees it.
///
/// @param position in its workspace's log, from 1
/// @param recordedAt Unix milliseconds, database clock
/// @param leaf the leaf's bytes
/// @param leafHash RFC 6962 leaf hash
/// @param bytes the event's bytes
@SuppressWarnings("ArrayRecordComponent")
public record Entry(
    Header header,
    Event event,
    long position,
    long recordedAt,
    byte[] leaf,
    byte[] leafHash,
    byte[] bytes) {
  public String tenant() {
    return header.tenant();
  }

  public String workspace() {
    return header.workspace();
  }
}
