package ai.rails.connector;

import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.connector.Action.Effect;
import ai.rails.domain.Limits;
import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// What a manifest must keep to beyond its form.
final class ManifestRules {
  private static final int NOTHING_THERE = 404;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Pattern VERSION = Pattern.compile("\\d{1,6}\\.\\d{1,6}\\.\\d{1,6}");
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
  private static final Pattern SUFFIX = Pattern.compile("(\\.[a-z0-9-]+){2,}");
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
  private static final Set<String> MAIL = Set.of("SEARCH", "FETCH", "SEND", "APPEND");

  /// A copy in one's own mailbox is no effect on others; it is found again by its Message-ID.
  private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "SEARCH", "FETCH", "APPEND");

  private static final Pattern HOST =
      Pattern.compile("[a-z0-9-]+([.][a-z0-9-]+)*[.][a-z][a-z0-9-]*");

  private final Manifest manifest;

  private ManifestRules(Manifest manifest) {
    this.manifest = manifest;
  }

  /// @throws IllegalArgumentException naming the connector and the rule
  static void check(Manifest manifest) {
    new ManifestRules(manifest).check();
  }

  private void check() {
    require(NAME.matcher(manifest.connector()).matches(), "a name in lower case");
    require(VERSION.matcher(manifest.version()).matches(), "a version such as 1.0.0");
    require(
        manifest.hosts().suffixes().stream().allMatch(each -> SUFFIX.matcher(each).matches()),
        "host suffixes of two labels or more, beginning with a dot");
    require(!manifest.actions().isEmpty(), "an action");
    require(
        manifest.hosts().exact().stream().allMatch(each -> HOST.matcher(each).matches()),
        "hosts by name in lower case, and none by address");
    manifest.places().forEach(this::check);
    manifest.auth().forEach(this::check);
    manifest.failures().forEach(each -> requireCode(each.code()));
    manifest.actions().forEach(this::check);
  }

  private void check(String name, Place place) {
    require(NAME.matcher(name).matches(), "places' names in lower case, not " + name);
    require(
        place.port() > 0
            && place.port() < 1 << 16
            && place.host().map(each -> HOST.matcher(each).matches()).orElse(true),
        "place %s to have a host's name and a port".formatted(name));
  }

  private void check(String name, Auth auth) {
    Set<String> secrets = Set.copyOf(auth.secrets());
    require(secrets.containsAll(auth.identifiers()), name + " to have the identifiers it names");
    auth.token().flatMap(Auth.Token::place).ifPresent(this::requirePlace);
    if (auth.signature().map(Auth.Signature::scheme).equals(Optional.of(Auth.Scheme.AWS_SIGV4))) {
      require(
          secrets.containsAll(Set.of("access_key_id", "secret_access_key", "region")),
          name + " to sign with access_key_id, secret_access_key and region");
    } else if (auth.signature().isPresent()) {
      require(
          auth.secrets().size() - auth.identifiers().size() == 1,
          name + " to sign with one secret");
    }
  }

  private void requirePlace(String name) {
    require(manifest.places().containsKey(name), "the place that it names: " + name);
  }

  private Protocol spoken(RequestTemplate request) {
    return request
        .place()
        .map(each -> manifest.places().get(each))
        .map(Place::spoken)
        .orElseGet(() -> Objects.requireNonNullElse(manifest.protocol(), Protocol.HTTPS));
  }

  private void check(String name, Action action) {
    require(NAME.matcher(name).matches(), "action names in lower case, not " + name);
    require(
        action.parameters().path("additionalProperties").isBoolean()
            && !action.parameters().path("additionalProperties").asBoolean(),
        name + " to refuse parameters that it does not declare");
    action
        .disclosable()
        .keySet()
        .forEach(each ->
            require(
                action.parameters().path("properties").has(each),
                "%s to disclose declared parameters only, not %s".formatted(name, each)));
    require(
        (action.effect() == Effect.MODEL) == action.model().isPresent()
            && (action.effect() == Effect.MODEL)
                == (action.idempotencyClass() == IdempotencyClass.M),
        name + " to be a model's action in effect, class and rules, or in none of them");
    require(
        action.requests().isEmpty() == manifest.hosts().none(),
        name + " to have requests if there are hosts, and none if there are none");
    checkRequests(name, action);
  }

  private void checkRequests(String name, Action action) {
    boolean token = manifest.auth().values().stream().anyMatch(each -> each.token().isPresent());
    require(
        action.requests().size() + (token ? 1 : 0) <= Limits.REQUESTS_PER_CALL,
        "%s to make at most %d requests".formatted(name, Limits.REQUESTS_PER_CALL));
    Set<String> ids = new HashSet<>();
    for (RequestTemplate each : action.requests()) {
      require(ids.add(each.id()) && NAME.matcher(each.id()).matches(), "unique request ids");
      each.place().ifPresent(this::requirePlace);
      Set<String> methods = spoken(each) == Protocol.HTTPS ? METHODS : MAIL;
      require(methods.contains(each.method()), "a known method, not " + each.method());
      require(each.path().startsWith("/"), "paths from the root, not " + each.path());
      require(
          each.effect() || HARMLESS.contains(each.method()),
          "%s to use GET or HEAD for requests without an effect".formatted(name));
      require(
          each.expect().stream().allMatch(status -> status / 100 == 2 || status == NOTHING_THERE),
          "%s to expect success, or 404".formatted(name));
      require(
          !each.repair() || (each.effect() && action.effect() == Effect.MODEL),
          "%s to repair a model's answer, and nothing else".formatted(name));
      each.check().forEach(check -> requireCode(check.code()));
      each.require().forEach(check -> requireCode(check.code()));
    }
    long effects =
        action.requests().stream().filter(each -> each.effect() && !each.repair()).count();
    require(
        manifest.hosts().none() || effects == (action.effect() == Effect.READ ? 0 : 1),
        name + " to have one request with an effect, or none if it reads");
  }

  private void requireCode(String code) {
    require(CODE.matcher(code).matches(), "codes in upper case, not " + code);
  }

  private void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(
          "connector %s %s needs %s".formatted(manifest.connector(), manifest.version(), what));
    }
  }
}
