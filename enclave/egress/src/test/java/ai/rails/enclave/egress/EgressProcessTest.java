package ai.rails.enclave.egress;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class EgressProcessTest {
  @Test
  void saysWhereItListensAndEndsWithItsParent(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path file =
        Files.writeString(
            directory.resolve("effective.properties"),
            """
            cell.id=c1
            egress.proxyId=c1-egress
            egress.port=0
            egress.ticket.public=%s
            """
                .formatted(Base64.getEncoder().encodeToString(new byte[32])));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EgressProxy.class.getName(),
                "--exit-with-parent",
                file.toString())
            .redirectError(directory.resolve("log").toFile())
            .start();
    try {
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      String line = out.readLine();
      while (line != null && !line.startsWith("READY")) {
        line = out.readLine();
      }
      assertThat(line).matches("READY egress [1-9][0-9]{1,4}");

      process.getOutputStream().close();

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
