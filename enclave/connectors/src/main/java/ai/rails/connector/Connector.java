package ai.rails.connector;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// One version of a connector, named by the digest of its manifest. Immutable.
public final class Connector {
  private final Manifest manifest;
  private final String digest;
  private final Map<String, String> prompts;

  Connector(Manifest manifest, String digest, Map<String, String> prompts) {
    this.manifest = manifest;
    this.digest = digest;
    this.prompts = Map.copyOf(prompts);
  }

  /// For example `servicenow`.
  public String name() {
    return manifest.connector();
  }

  /// SemVer.
  public String version() {
    return manifest.version();
  }

  public String title() {
    return manifest.title();
  }

  /// For people who choose a connector; versions before it was written have none.
  public Optional<String> description() {
    return Optional.ofNullable(manifest.description());
  }

  /// `sha256:` and 64 hex digits of the manifest's canonical bytes.
  public String digest() {
    return digest;
  }

  public Map<String, Action> actions() {
    return manifest.actions();
  }

  public Optional<Action> action(String name) {
    return Optional.ofNullable(manifest.actions().get(name));
  }

  /// Whether an instance may name this host and port.
  public boolean admits(String host, int port) {
    return manifest.hosts().admits(host, port);
  }

  /// Whether its actions run in the worker and nothing leaves.
  public boolean isLocal() {
    return manifest.hosts().none();
  }

  /// Kinds of credential.
  public Map<String, Auth> auth() {
    return manifest.auth();
  }

  /// The kind of a credential with exactly these members.
  public Optional<Auth> authWith(Set<String> members) {
    return manifest.auth().values().stream()
        .filter(each -> Set.copyOf(each.secrets()).equals(members))
        .findFirst();
  }

  /// The first documented failure that fits an answer is its name.
  public List<Failure> failures() {
    return manifest.failures();
  }

  /// Most calls of one instance in a minute, over time.
  public Optional<Integer> perMinute() {
    return Optional.ofNullable(manifest.pace()).flatMap(p -> Optional.ofNullable(p.perMinute()));
  }

  /// Most calls of one instance on their way.
  public Optional<Integer> atOnce() {
    return Optional.ofNullable(manifest.pace()).flatMap(p -> Optional.ofNullable(p.atOnce()));
  }

  /// What an instance speaks.
  public Protocol protocol() {
    return Objects.requireNonNullElse(manifest.protocol(), Protocol.HTTPS);
  }

  /// Places beside the instance, by name.
  public Map<String, Place> places() {
    return manifest.places();
  }

  /// How many of an action's requests may go to each place beside the instance, in the order of the
  /// places' names. The tickets of a call are in this order, those for the instance first.
  public SortedMap<String, Integer> elsewhere(Action action) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (RequestTemplate each : action.requests()) {
      each.place().ifPresent(place -> counts.merge(place, 1, Integer::sum));
    }
    manifest.auth().values().stream()
        .flatMap(each -> each.token().stream())
        .flatMap(each -> each.place().stream())
        .distinct()
        .forEach(place -> counts.merge(place, 1, Integer::sum));
    return counts;
  }

  /// Name to text.
  public Map<String, String> prompts() {
    return prompts;
  }

  /// Most requests that a call of an action makes, whatever the kind of credential: the number of
  /// tickets it needs.
  public int requests(Action action) {
    boolean token = manifest.auth().values().stream().anyMatch(each -> each.token().isPresent());
    return action.requests().size() + (token ? 1 : 0);
  }

  /// Most requests with this kind of credential.
  public int requests(Action action, Auth auth) {
    return action.requests().size() + (auth.token().isPresent() ? 1 : 0);
  }

  @Override
  public String toString() {
    return name() + "@" + version();
  }
}
