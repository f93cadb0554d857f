package ai.rails.projection.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;

/// Serves the console's files, which the build packs beside these classes.
///
/// One page answers every address of the console, so that each can be a link; the page asks the API
/// on the same origin. Nothing here is secret and nothing here is a tenant's: files only. A strict
/// content security policy allows scripts, styles and fonts from this server and nothing else.
/// Thread-safe.
public final class Console {
  private static final String ROOT = "/ai/rails/console/";
  private static final Access OPEN =
      Access.open("the console's files are the same for everybody and hold no data");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "woff2", "font/woff2",
          "json", "application/json",
          "zip", "application/zip");

  /// Where the pages are; `<rest>` may have any number of parts.
  private static final List<String> PAGES =
      List.of("/", "/sign-in", "/account", "/t/<rest>", "/go/<rest>", "/verify");

  private final Map<String, ConsoleFile> files = new ConcurrentHashMap<>();
  private final Supplier<List<Identity>> identities;

  /// @param identities asked each time, since providers describe themselves anew
  public Console(Supplier<List<Identity>> identities) {
    this.identities = identities;
  }

  /// Where a page may send anything: here, and to the providers for tokens.
  private String policy() {
    String foreign =
        identities.get().stream()
            .map(Identity::foreignOrigin)
            .distinct()
            .collect(Collectors.joining(" "));
    return ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src"
            + " 'self'; connect-src 'self' %s; base-uri 'none'; form-action 'self'; frame-ancestors"
            + " 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
        .formatted(foreign);
  }

  private Answer settings() {
    List<Identity> all = identities.get();
    return Answer.ok(
        Map.of(
            "providers", all.stream().map(Identity::tree).toList(),
            "development", all.stream().anyMatch(Identity::development)));
  }

  /// Whether the build had what it takes to make the pages.
  public boolean built() {
    return file("index.html").isPresent();
  }

  public List<Route> routes() {
    return Stream.concat(
            PAGES.stream().map(path -> get(path, this::page)),
            Stream.of(
                get("/console.json", _ -> settings()),
                get("/assets/{name}", request -> asset(request, "assets/")),
                get("/samples/{name}", request -> asset(request, "samples/")),
                get("/favicon.svg", request -> named(request, "favicon.svg"))))
        .toList();
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.STRONG, OPEN, handler);
  }

  private Answer page(Request request) {
    ConsoleFile page =
        file("index.html")
            .orElseThrow(() ->
                new Problem(
                    503,
                    "CONSOLE_NOT_BUILT",
                    "this build has no console, because Node 20 or npm was missing; install"
                        + " them and build again. The API and the command line work."));
    return page.answer(request)
        .header("Cache-Control", "no-cache")
        .header("Content-Security-Policy", policy())
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        .header("Referrer-Policy", "no-referrer");
  }

  /// Names of assets hold a hash of their bytes, so they may be kept for ever.
  private Answer asset(Request request, String directory) {
    String name = request.path("name");
    if (!NAME.matcher(name).matches()) {
      throw Problem.notFound("the file");
    }
    return named(request, directory + name)
        .header("Cache-Control", "public, max-age=31536000, immutable");
  }

  private Answer named(Request request, String path) {
    return file(path).orElseThrow(() -> Problem.notFound("the file")).answer(request);
  }

  private Optional<ConsoleFile> file(String path) {
    ConsoleFile known = files.get(path);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<ConsoleFile> read = read(path);
    read.ifPresent(file -> files.put(path, file));
    return read;
  }

  private static Optional<ConsoleFile> read(String path) {
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    try (InputStream in = Console.class.getResourceAsStream(ROOT + path)) {
      return in == null ? Optional.empty() : Optional.of(ConsoleFile.of(type, in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("the console's file %s can not be read".formatted(path), e);
    }
  }
}
