package ai.rails.domain.siem;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a SIEM subscriber of a tenant. None of these holds a secret: the password is
/// made where it is set, and goes sealed to the administrator who asked.
public sealed interface SiemEvent extends Event {
  String subscriber();

  /// A subscriber may read the tenant's feed and checkpoints from now on.
  ///
  /// @param principal its name at the brokers
  /// @param generation of its password, counted from 1 over all grants and rotations
  record SiemGranted(String subscriber, String principal, int generation) implements SiemEvent {
    @Override
    public EntryType entryType() {
      return EntryType.SIEM_GRANTED;
    }
  }

  /// It gets another password; the one before opens nothing any more.
  record SiemRotated(String subscriber, String principal, int generation) implements SiemEvent {
    @Override
    public EntryType entryType() {
      return EntryType.SIEM_ROTATED;
    }
  }

  /// It may read nothing any more.
  record SiemRevoked(String subscriber, String principal) implements SiemEvent {
    @Override
    public EntryType entryType() {
      return EntryType.SIEM_REVOKED;
    }
  }
}
