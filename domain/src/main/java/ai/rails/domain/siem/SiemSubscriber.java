package ai.rails.domain.siem;

/// A SIEM subscriber as its events made it.
///
/// @param granted whether it may read now
/// @param generation of its last password; 0 before the first
public record SiemSubscriber(boolean granted, int generation) {
  /// Before the first event.
  public static final SiemSubscriber NONE = new SiemSubscriber(false, 0);
}
