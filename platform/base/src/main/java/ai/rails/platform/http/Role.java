package ai.rails.platform.http;

import java.util.Locale;
import java.util.Optional;

/// What a principal may be in its tenant; in tokens the lower-case name.
public enum Role {
  BUILDER,
  OPERATOR,
  APPROVER,
  AUDITOR,
  ADMIN,
  /// Data protection: erases content, holds it, and says how long it is kept.
  PRIVACY,
  PLATFORM,
  SERVICE;

  /// The role of a token's word; an unknown word is no role.
  public static Optional<Role> of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
