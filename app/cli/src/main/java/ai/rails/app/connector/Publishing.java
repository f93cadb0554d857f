package ai.rails.app.connector;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.Callable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Declined;
import ai.rails.app.verb.Exit;
import ai.rails.connector.Connector;
import ai.rails.connector.ManifestSignature;
import ai.rails.connector.PublishedConnectors;

/// How a manifest that is not of this build comes into an installation: signed by a publisher, and
/// published to its directory. Processes take it up when they start.
final class Publishing {
  private static final String KEY_SUFFIX = ".pub";

  private Publishing() {}

  /// `rails connector sign`.
  @Command(
      name = "sign",
      description = "Sign a manifest in its file (offline); makes the key if there is none.",
      mixinStandardHelpOptions = true)
  static final class Sign implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A manifest in JSON.")
    private Path file = Path.of("");

    @Option(
        names = "--key",
        paramLabel = "FILE",
        required = true,
        description = "The publisher's Ed25519 key, PKCS#8 in base64.")
    private Path key = Path.of("");

    @Option(
        names = "--key-id",
        paramLabel = "ID",
        required = true,
        description = "By which installations know the publisher.")
    private String keyId = "";

    @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws IOException, GeneralSecurityException {
      PrintWriter out = spec.commandLine().getOut();
      if (!Files.exists(key)) {
        make(out);
      }
      PrivateKey signing =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(
                  new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(Files.readString(key))));
      try {
        byte[] signed = ManifestSignature.sign(Files.readAllBytes(file), keyId, signing);
        Files.write(file, signed);
      } catch (IllegalArgumentException e) {
        throw new Declined(String.valueOf(e.getMessage()));
      }
      out.printf("%s is signed by %s%n", file, keyId);
      out.flush();
      return Exit.OK;
    }

    private void make(PrintWriter out) throws IOException, GeneralSecurityException {
      KeyPair made = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      Files.writeString(key, Base64.getEncoder().encodeToString(made.getPrivate().getEncoded()));
      if (!key.toFile().setReadable(false, false) || !key.toFile().setReadable(true, true)) {
        throw new Unavailable(key + " can not be kept from others; choose another directory");
      }
      String open = Base64.getEncoder().encodeToString(ManifestSignature.raw(made.getPublic()));
      Path shown = Path.of(key + KEY_SUFFIX);
      Files.writeString(shown, "%s %s%n".formatted(keyId, open));
      out.printf("made %s; installations trust the line in %s%n", key, shown);
    }
  }

  /// `rails connector publish`.
  @Command(
      name = "publish",
      description =
          "Take a signed manifest into an installation's directory (offline); restart it then.",
      mixinStandardHelpOptions = true)
  static final class Publish implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A signed manifest.")
    private Path file = Path.of("");

    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = "${env:AIRAILS_DATA:-data}",
        description = "The installation's directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Option(
        names = "--trust",
        paramLabel = "FILE",
        description = "Believe this publisher from now on: the line that `sign` wrote.")
    private @org.jspecify.annotations.Nullable Path trust;

    @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      PublishedConnectors published = new PublishedConnectors(data.resolve("connectors"));
      try {
        Path publisher = trust;
        if (publisher != null) {
          String[] line = Files.readString(publisher).strip().split(" +", 2);
          if (line.length != 2) {
            throw new Declined(publisher + " is no line with a key id and a key");
          }
          published.trust(line[0], Base64.getDecoder().decode(line[1]));
        }
        Connector taken = published.publish(Files.readAllBytes(file));
        PrintWriter out = spec.commandLine().getOut();
        out.printf("published %s %s%n", taken, taken.digest());
        out.flush();
        return Exit.OK;
      } catch (IllegalArgumentException e) {
        throw new Declined(String.valueOf(e.getMessage()));
      }
    }
  }

  /// `rails connector revoke`.
  @Command(
      name = "revoke",
      description = "Let nothing with this digest run from now on (offline).",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Parameters(paramLabel = "DIGEST", description = "sha256: and 64 hex digits.")
    private String digest = "";

    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = "${env:AIRAILS_DATA:-data}",
        description = "The installation's directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Override
    public Integer call() {
      if (!digest.matches("sha256:[0-9a-f]{64}")) {
        throw new Declined("a digest is sha256: and 64 hex digits");
      }
      new PublishedConnectors(data.resolve("connectors")).revoke(digest);
      return Exit.OK;
    }
  }
}
