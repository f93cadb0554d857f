package ai.rails.app.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Role;

/// The pages of the development sign-in. They run no script.
final class SignInPage {
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  private final String frame = resource("sign-in.html");
  private final byte[] style = resource("sign-in.css").getBytes(StandardCharsets.UTF_8);

  Answer style() {
    return Answer.bytes(200, "text/css; charset=utf-8", style);
  }

  /// For whom the key is missing.
  Answer closed() {
    return html(
        403,
        """
        <h1>This console is closed</h1>
        <p>It opens with the address that <code>./rails demo</code> or <code>./rails up</code> printed,
        which holds a key. <code>./rails console</code> prints it again for whoever can read the data
        directory.</p>\
        """);
  }

  Answer people(SignIn.Asked asked, List<String> tenants, Optional<String> wanted) {
    if (tenants.isEmpty()) {
      return html(
          200,
          """
          <h1>Nobody is here yet</h1>
          <p>This installation has no tenant. <code>./rails demo</code> makes one.</p>\
          """);
    }
    String tenant = wanted.filter(tenants::contains).orElseGet(tenants::getFirst);
    String people =
        Person.of(tenant).stream().map(SignInPage::button).collect(Collectors.joining("\n"));
    String others =
        tenants.stream()
            .filter(other -> !other.equals(tenant))
            .limit(8)
            .map(other -> Person.of(other).getFirst())
            .map(SignInPage::button)
            .collect(Collectors.joining("\n"));
    return html(
        200,
        """
        <h1>Who are you today?</h1>
        <p>Tenant <code>%s</code></p>
        <form method="post" action="/development/authorize">
        <input type="hidden" name="redirect_uri" value="%s">
        <input type="hidden" name="state" value="%s">
        <input type="hidden" name="code_challenge" value="%s">
        <input type="hidden" name="code_challenge_method" value="S256">
        <input type="hidden" name="client_id" value="%s">
        <div class="people">%s</div>%s
        </form>\
        """
            .formatted(
                escaped(tenant),
                escaped(asked.redirectUri()),
                escaped(asked.state()),
                escaped(asked.challenge()),
                SignIn.CLIENT,
                people,
                others.isEmpty()
                    ? ""
                    : "<h2>Other tenants</h2><div class=\"people\">%s</div>".formatted(others)));
  }

  private static String button(Person person) {
    return """
    <button name="person" value="%s"><b>%s</b><span class="role">%s</span><span>%s</span>\
    <code>%s</code></button>\
    """
        .formatted(
            escaped(person.value()),
            escaped(person.subject()),
            person.roles().stream().map(Role::word).sorted().collect(Collectors.joining(", ")),
            escaped(person.does()),
            escaped(person.tenant().substring(0, Math.min(8, person.tenant().length()))));
  }

  private Answer html(int status, String body) {
    return Answer.text(status, "text/html; charset=utf-8", frame.replace("{{body}}", body))
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String resource(String name) {
    try (InputStream in = SignInPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " can not be read", e);
    }
  }
}
