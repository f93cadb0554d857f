package ai.rails.connector;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/// A connector's manifest as it is written in its file; `connectors/manifest.schema.json` describes
/// it.
///
/// @param description for people who choose a connector
/// @param signature by the connector's publisher, not part of the digest
/// @param auth kind of credential to how it is sent; empty when the connector needs none
/// @param failures documented answers of the other side; the first that fits names the failure
/// @param prompts name to prompt, for a model connector
/// @param pace how fast an instance may be called
/// @param protocol that an instance speaks, HTTPS if absent
/// @param places beside the instance, by name: a token endpoint, a mail server's other half
record Manifest(
    @JsonProperty(required = true) String connector,
    @JsonProperty(required = true) String version,
    @JsonProperty(required = true) String title,
    @Nullable String description,
    @Nullable Signature signature,
    @JsonProperty(required = true) Hosts hosts,
    Map<String, Auth> auth,
    List<Failure> failures,
    Map<String, Prompt> prompts,
    @Nullable Pace pace,
    @Nullable Protocol protocol,
    Map<String, Place> places,
    @JsonProperty(required = true) Map<String, Action> actions) {
  Manifest {
    auth = Defaults.of(auth);
    failures = Defaults.of(failures);
    prompts = Defaults.of(prompts);
    places = Defaults.of(places);
    actions = Map.copyOf(actions);
  }

  /// @param value Ed25519 over the digest's text, base64
  record Signature(
      @JsonProperty(required = true) String keyId, @JsonProperty(required = true) String value) {}

  /// Which hosts an instance may name. Both lists empty: the connector reaches no host.
  ///
  /// @param suffixes begin with a dot
  record Hosts(List<String> exact, List<String> suffixes, List<Integer> ports) {
    Hosts {
      exact = Defaults.of(exact);
      suffixes = Defaults.of(suffixes);
      ports = Defaults.of(ports);
    }

    boolean admits(String host, int port) {
      String name = host.toLowerCase(Locale.ROOT);
      return name.equals(host)
          && ports.contains(port)
          && (exact.contains(host)
              || suffixes.stream()
                  .anyMatch(each -> host.endsWith(each) && host.length() > each.length()));
    }

    boolean none() {
      return exact.isEmpty() && suffixes.isEmpty();
    }
  }

  /// How fast one instance may be called.
  ///
  /// @param perMinute calls in a minute, over time
  /// @param atOnce calls on their way
  record Pace(@Nullable Integer perMinute, @Nullable Integer atOnce) {}

  /// A prompt is pinned by its hash, so that the manifest's digest covers its text.
  record Prompt(
      @JsonProperty(required = true) String resource,
      @JsonProperty(required = true) String sha256) {}
}
