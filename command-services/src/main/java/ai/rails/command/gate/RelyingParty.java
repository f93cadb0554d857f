package ai.rails.command.gate;

import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.platform.config.Settings;

/// For whom passkeys are made and where they may be used: the console's domain and its exact
/// origins. On the machine itself any port of `localhost` is one.
///
/// @param id for example `rails.example.com`
/// @param origins for example `https://rails.example.com`
record RelyingParty(String id, Set<String> origins) {
  private static final String MACHINE = "localhost";
  private static final Pattern LOCAL = Pattern.compile("http://localhost(:[0-9]{1,5})?");

  RelyingParty {
    origins = Set.copyOf(origins);
  }

  /// From `passkeys.relyingParty` and, separated by commas, `passkeys.origins`.
  ///
  /// @throws IllegalArgumentException if a production installation does not name its domain
  static RelyingParty of(Settings settings) {
    boolean production = settings.required("environment.kind").equals("production");
    String id =
        production
            ? settings.required("passkeys.relyingParty")
            : settings.text("passkeys.relyingParty", MACHINE);
    String origins = settings.text("passkeys.origins", "https://" + id);
    return new RelyingParty(id, Set.of(origins.split(",")));
  }

  boolean admits(String origin) {
    return origins.contains(origin) || (id.equals(MACHINE) && LOCAL.matcher(origin).matches());
  }
}
