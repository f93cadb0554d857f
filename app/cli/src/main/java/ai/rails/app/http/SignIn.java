package ai.rails.app.http;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.platform.identity.SignInPoints;
import ai.rails.projection.http.Identity;

/// OpenID Connect's code flow with PKCE for **development**: instead of proving who one is, one
/// picks one of the demo's people.
///
/// Who may pick is who can read the data directory, as everywhere in development: the address that
/// the launcher prints holds a key from there, and becomes a cookie. Codes are used once and live a
/// minute. Thread-safe.
public final class SignIn {
  /// The console's name here.
  public static final String CLIENT = "airails-console";

  private static final Access OPEN =
      Access.open("development only: the handler asks for the key in the data directory");
  private static final Duration TOKEN = Duration.ofMinutes(30);
  private static final String COOKIE = "airails-development";
  private static final String PERSON = "airails-development-person";
  private static final String AUTHORIZE = "/development/authorize";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int BODY_MAX = 8_192;

  private final DevelopmentIssuer issuer;
  private final Grants grants;
  private final SignInPage page;
  private final byte[] key;
  private final Supplier<List<String>> tenants;

  /// @param key what the printed address holds
  /// @param secrets makes codes nobody can guess
  /// @param tenants whose people can be picked, the usual one first
  public SignIn(
      DevelopmentIssuer issuer,
      String key,
      Supplier<String> secrets,
      InstantSource clock,
      Supplier<List<String>> tenants) {
    this.issuer = issuer;
    this.key = key.getBytes(StandardCharsets.UTF_8);
    this.grants = new Grants(secrets, clock);
    this.page = new SignInPage();
    this.tenants = tenants;
  }

  /// What the console is told.
  public static Identity identity() {
    return new Identity(
        "development",
        "",
        AUTHORIZE,
        "/development/token",
        CLIENT,
        "openid offline_access",
        false,
        true);
  }

  /// What the console is told where people come from registered providers: nobody can pick who he
  /// is then.
  public static Supplier<List<Identity>> at(SignInPoints points) {
    return () -> points.all().stream().map(SignIn::described).toList();
  }

  private static Identity described(SignInPoints.Point point) {
    return new Identity(
        point.provider().name(),
        point.provider().issuer(),
        point.authorization().toString(),
        point.token().toString(),
        point.provider().client(),
        point.provider().scope(),
        point.namesItself(),
        false);
  }

  /// Where to enter.
  public static String entrance(String key) {
    return "/development/enter/" + key;
  }

  public List<Route> routes() {
    return List.of(
        route("GET", "/development/.well-known/openid-configuration", this::discovery),
        route("GET", "/development/jwks.json", _ -> jwks()),
        route("GET", "/development/sign-in.css", _ -> page.style()),
        route("GET", "/development/enter/{key}", this::enter),
        route("GET", AUTHORIZE, this::ask),
        route("POST", AUTHORIZE, this::picked),
        route("POST", "/development/token", this::token));
  }

  private static Route route(String method, String path, ai.rails.platform.http.Handler handler) {
    return new Route(method, path, Label.STRONG, OPEN, handler).limit(BODY_MAX);
  }

  private Answer discovery(Request request) {
    String origin = origin(request);
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("issuer", DevelopmentIssuer.ISSUER);
    tree.put("authorization_endpoint", origin + AUTHORIZE);
    tree.put("token_endpoint", origin + "/development/token");
    tree.put("jwks_uri", origin + "/development/jwks.json");
    tree.put("response_types_supported", List.of("code"));
    tree.put("grant_types_supported", List.of("authorization_code", "refresh_token"));
    tree.put("code_challenge_methods_supported", List.of("S256"));
    tree.put("token_endpoint_auth_methods_supported", List.of("none"));
    tree.put("subject_types_supported", List.of("public"));
    tree.put("id_token_signing_alg_values_supported", List.of("ES256"));
    return Answer.ok(tree);
  }

  private Answer jwks() throws GeneralSecurityException {
    return Answer.text(200, Answer.JSON, issuer.jwks());
  }

  private Answer enter(Request request) {
    if (!matches(request.path("key"))) {
      return page.closed();
    }
    return redirect("/").header("Set-Cookie", cookie(COOKIE, request.path("key")));
  }

  private Answer ask(Request request) {
    if (!entered(request)) {
      return page.closed();
    }
    Asked asked = Asked.of(request, name -> request.query(name));
    Optional<Person> known =
        cookie(request, PERSON)
            .filter(_ -> !request.query("prompt").orElse("").equals("select_account"))
            .flatMap(value -> Person.known(value, tenants.get()));
    return known
        .map(person -> redirect(asked.back(grants.code(person, asked))))
        .orElseGet(() -> page.people(asked, tenants.get(), request.query("tenant")));
  }

  private Answer picked(Request request) {
    if (!entered(request)) {
      return page.closed();
    }
    Map<String, String> form = form(request);
    Asked asked = Asked.of(request, name -> Optional.ofNullable(form.get(name)));
    Person person =
        Person.known(form.getOrDefault("person", ""), tenants.get())
            .orElseThrow(() -> Problem.invalid("person is none of those on the page"));
    return redirect(asked.back(grants.code(person, asked)))
        .header("Set-Cookie", cookie(PERSON, person.value()));
  }

  private Answer token(Request request) throws GeneralSecurityException {
    Map<String, String> form = form(request);
    Person person =
        switch (form.getOrDefault("grant_type", "")) {
          case "authorization_code" -> grants.redeem(form);
          case "refresh_token" -> grants.refresh(form.getOrDefault("refresh_token", ""));
          default -> throw Problem.invalid("grant_type is authorization_code or refresh_token");
        };
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(
        "access_token", issuer.issue(person.tenant(), person.subject(), person.roles(), TOKEN));
    answer.put("token_type", "Bearer");
    answer.put("expires_in", TOKEN.toSeconds());
    answer.put("refresh_token", grants.refreshable(person));
    return Answer.ok(answer);
  }

  /// What the console asked for. The way back leads to this server only.
  record Asked(String redirectUri, String state, String challenge) {
    static Asked of(
        Request request, java.util.function.Function<String, Optional<String>> parameter) {
      String redirect = parameter.apply("redirect_uri").orElse("");
      if (!redirect.equals(origin(request) + "/sign-in")) {
        throw Problem.invalid("redirect_uri must be this server's /sign-in");
      }
      if (!parameter.apply("client_id").orElse("").equals(CLIENT)
          || !parameter.apply("code_challenge_method").orElse("").equals("S256")) {
        throw Problem.invalid("client_id is %s and code_challenge_method S256".formatted(CLIENT));
      }
      String state = parameter.apply("state").orElse("");
      String challenge = parameter.apply("code_challenge").orElse("");
      if (!state.matches("[A-Za-z0-9_-]{16,128}") || !challenge.matches("[A-Za-z0-9_-]{43}")) {
        throw Problem.invalid("state and code_challenge are needed, in base64url");
      }
      return new Asked(redirect, state, challenge);
    }

    String back(String code) {
      return "%s?code=%s&state=%s"
          .formatted(redirectUri, URLEncoder.encode(code, StandardCharsets.UTF_8), state);
    }
  }

  private static String origin(Request request) {
    String host = request.header("Host").orElse("");
    if (!host.matches("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?")) {
      throw Problem.invalid("sign-in for development works on localhost only");
    }
    return URI.create("http://" + host).toString();
  }

  private boolean entered(Request request) {
    return cookie(request, COOKIE).filter(this::matches).isPresent();
  }

  private boolean matches(String given) {
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), key);
  }

  private static Optional<String> cookie(Request request, String name) {
    for (String part : request.header("Cookie").orElse("").split(";", -1)) {
      String pair = part.strip();
      if (pair.startsWith(name + "=")) {
        return Optional.of(pair.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }

  private static String cookie(String name, String value) {
    return "%s=%s; Path=/development; HttpOnly; SameSite=Strict".formatted(name, value);
  }

  private static Answer redirect(String location) {
    return Answer.empty(303).header("Location", location);
  }

  private static Map<String, String> form(Request request) {
    request.requireType(FORM);
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : new String(request.body(), StandardCharsets.UTF_8).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.malformed("the form is not encoded as one");
    }
  }

  /// SHA-256 in base64url, as PKCE compares.
  static String challenge(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
