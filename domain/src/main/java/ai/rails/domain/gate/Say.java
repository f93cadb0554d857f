package ai.rails.domain.gate;

import java.util.List;

/// Another person's say that was handed to whoever decides. It was looked up, and stood, when the
/// command was given.
///
/// @param by whose say it is
/// @param roles of that person, as the tenant has them
public record Say(String delegation, String by, List<String> roles) {
  public Say {
    roles = List.copyOf(roles);
  }
}
