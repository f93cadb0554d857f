package ai.rails.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Assumptions;

/// What somebody does who trusts none of our programs: asks those of others.
final class Outsider {
  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int HINT_BYTES = 4;

  private final Path directory;

  Outsider(Path directory) {
    this.directory = directory;
  }

  /// Goes through a bundle as docs/verify.md says, with the programs that are there.
  ///
  /// @return which ones accepted it; and, if one did not, what it said
  static String judges(Path bundle, Path trust, Path project)
      throws IOException, InterruptedException {
    Path script = project.resolve("app/cli/src/test/resources/ai/rails/app/outsider.sh");
    Process process =
        new ProcessBuilder(
                "bash", script.toString(), bundle.toString(), trust.toString(), project.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? said : "refused after: " + said;
  }

  /// Asks OpenSSL whether one of the note's signatures is of the key.
  ///
  /// @param vkey `name+id+key`, as the operator published it
  boolean verifies(String note, String vkey) {
    try {
      return verified(note, vkey);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while OpenSSL was at work", e);
    }
  }

  private boolean verified(String note, String vkey) throws IOException, InterruptedException {
    byte[] key = Base64.getDecoder().decode(vkey.split("\\+", 3)[2]);
    var der = new ByteArrayOutputStream();
    der.writeBytes(ED25519);
    der.writeBytes(Arrays.copyOfRange(key, 1, key.length));
    Path keyFile = Files.write(directory.resolve("key.der"), der.toByteArray());
    int end = note.indexOf("\n\n") + 1;
    Path text = Files.writeString(directory.resolve("text"), note.substring(0, end));
    for (String line : note.substring(end + 1).strip().lines().toList()) {
      byte[] signature = Base64.getDecoder().decode(line.substring(line.lastIndexOf(' ') + 1));
      Path signed =
          Files.write(
              directory.resolve("signature"),
              Arrays.copyOfRange(signature, HINT_BYTES, signature.length));
      if (run("-inkey", keyFile, "-keyform", "DER", "-in", text, "-sigfile", signed) == 0) {
        return true;
      }
    }
    return false;
  }

  private static int run(Object... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("openssl", "pkeyutl", "-verify", "-pubin", "-rawin"));
    Arrays.stream(words).map(Object::toString).forEach(command::add);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      return said.contains("Verified Successfully") ? code : 1;
    } catch (IOException e) {
      Assumptions.abort("openssl is not installed: " + e.getMessage());
      throw e;
    }
  }
}
