package ai.rails.connector;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.connector.Action.Effect;
import ai.rails.domain.Limits;
import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// What a manifest must keep to beyond its form.
final class ManifestRules {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Pattern VERSION = Pattern.compile("\\d{1,6}\\.\\d{1,6}\\.\\d{1,6}");
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
  private static final Pattern SUFFIX = Pattern.compile("(\\.[a-z0-9-]+){2,}");
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

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
    manifest.failures().forEach(each -> requireCode(each.code()));
    manifest.actions().forEach(this::check);
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
      require(METHODS.contains(each.method()), "a known method, not " + each.method());
      require(each.path().startsWith("/"), "paths from the root, not " + each.path());
      require(
          each.effect() || each.method().equals("GET"),
          "%s to use GET for requests without an effect".formatted(name));
      each.check().forEach(check -> requireCode(check.code()));
      each.require().forEach(check -> requireCode(check.code()));
    }
    long effects = action.requests().stream().filter(RequestTemplate::effect).count();
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
