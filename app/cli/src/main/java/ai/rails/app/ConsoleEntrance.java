package ai.rails.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import ai.rails.app.demo.Kept;
import ai.rails.app.http.SignIn;

/// The way into the console of a development installation: an address with a key that only who can
/// read the data directory knows.
record ConsoleEntrance(Embedded embedded) {
  String key() {
    return embedded.secrets().of("console.key");
  }

  /// `localhost`, because browsers give passkeys to names and not to numbers.
  String url(int port) {
    return "http://localhost:%s%s".formatted(port, SignIn.entrance(key()));
  }

  /// The tenants that were provisioned here, the demo's first.
  List<String> tenants() {
    Path directory = embedded.data().root().resolve("tenants");
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<String> tenants = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory)) {
      all.map(tenant -> String.valueOf(tenant.getFileName())).sorted().forEach(tenants::add);
    } catch (IOException e) {
      throw new UncheckedIOException("the tenants in %s can not be listed".formatted(directory), e);
    }
    String demo = demo();
    if (tenants.remove(demo)) {
      tenants.addFirst(demo);
    }
    return tenants;
  }

  private String demo() {
    var kept = new Properties();
    Path file = embedded.data().root().resolve(Kept.FILE);
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        kept.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException(file + " can not be read", e);
      }
    }
    return kept.getProperty("tenant", "");
  }
}
