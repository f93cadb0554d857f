package ai.rails.app.verb;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import ai.rails.app.demo.Kept;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;

/// Who calls which server, and how the answer is shown: the options of every verb over the API.
public final class Caller {
  private static final String TOKEN = "AIRAILS_TOKEN";

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "${env:AIRAILS_SERVER}",
      description = "The API; without it the installation in --data.")
  private @Nullable URI server;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with an access token; or set AIRAILS_TOKEN.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--as",
      paramLabel = "SUBJECT[:ROLE,..]",
      description = "Development only: who to be, with a token made from the key in --data.")
  private @Nullable String subject;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:AIRAILS_DATA:-data}",
      description = "Where the installation lives (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--tenant",
      paramLabel = "ID",
      defaultValue = "${env:AIRAILS_TENANT}",
      description = "Development only: default is the demo's. A real token names its tenant.")
  private @Nullable String tenant;

  @Option(
      names = "--workspace",
      paramLabel = "ID",
      defaultValue = "${env:AIRAILS_WORKSPACE}",
      description = "Default: the demo's, or the tenant's only one.")
  private @Nullable String workspace;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /// A client that speaks for the caller; for `usual` when nobody is named.
  ///
  /// @throws Unavailable if there is neither a token nor an installation to make one for
  public Client as(Persona usual) {
    Path directory = data.toAbsolutePath().normalize();
    Optional<String> given = subject == null ? givenToken() : Optional.empty();
    if (subject != null && tokenFile != null) {
      throw usage("give --as or --token-file, not both");
    }
    if (given.isPresent()) {
      String token = given.get();
      return new Client(new Api(address(directory)), () -> token, Optional.ofNullable(workspace));
    }
    return developer(directory, usual);
  }

  private Client developer(Path directory, Persona usual) {
    if (server != null) {
      throw usage("--server needs a token of its own: set AIRAILS_TOKEN or give --token-file");
    }
    DevelopmentTokens tokens = DevelopmentTokens.open(directory);
    Kept kept = new Kept(directory.resolve(Kept.FILE));
    String of = usual == Persona.PLATFORM ? "platform" : tenant(kept);
    Persona.Named person = Optional.ofNullable(subject).map(usual::named).orElseGet(usual::named);
    err().println("rails: " + DevelopmentTokens.warning(directory, person));
    Optional<String> known =
        Optional.ofNullable(workspace)
            .or(() ->
                kept.find("workspace").filter(_ -> kept.find("tenant").equals(Optional.of(of))));
    return new Client(new Api(address(directory)), () -> tokens.token(of, person), known);
  }

  private String tenant(Kept kept) {
    return Optional.ofNullable(tenant)
        .or(() -> kept.find("tenant"))
        .orElseThrow(
            () -> usage("which tenant? Give --tenant ID, or run the demo once: rails demo"));
  }

  private Optional<String> givenToken() {
    if (tokenFile != null) {
      try {
        return Optional.of(Files.readString(tokenFile).strip());
      } catch (IOException e) {
        throw usage("the token file %s can not be read".formatted(tokenFile));
      }
    }
    return Optional.ofNullable(System.getenv(TOKEN)).map(String::strip).filter(t -> !t.isEmpty());
  }

  private URI address(Path directory) {
    if (server != null) {
      return server;
    }
    Path file = directory.resolve(EffectiveProperties.FILE_NAME);
    if (Files.notExists(file)) {
      throw new Unavailable(
          "%s holds no installation; start one with: rails demo, or name a server: --server URL"
              .formatted(directory));
    }
    return URI.create(EffectiveProperties.load(file).require("command.url"));
  }

  /// What the installation in `--data` runs with; empty if there is none.
  public Optional<EffectiveProperties> installation() {
    Path file = data.toAbsolutePath().normalize().resolve(EffectiveProperties.FILE_NAME);
    return Files.exists(file) ? Optional.of(EffectiveProperties.load(file)) : Optional.empty();
  }

  /// Shows an answer: the server's JSON, or a text for people.
  public void show(JsonNode answer, Function<JsonNode, String> text) {
    PrintWriter out = out();
    if (isJson()) {
      out.println(answer);
    } else {
      out.print(text.apply(answer));
    }
    out.flush();
  }

  /// Whether a workspace was named.
  public boolean namesWorkspace() {
    return workspace != null;
  }

  /// The data directory that was named, or the usual one.
  public Path data() {
    return data.toAbsolutePath().normalize();
  }

  public boolean isJson() {
    return format == OutputFormat.JSON;
  }

  /// Colours, unless the output is no terminal or NO_COLOR is set.
  public Palette palette() {
    return new Palette(spec.commandLine().getColorScheme().ansi());
  }

  public PrintWriter out() {
    return spec.commandLine().getOut();
  }

  public PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /// A mistake in the command line.
  public ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
