package ai.rails.stream.provisioner;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

import ai.rails.schema.Topics;

/// `<data.dir>/tenants/<id>/worker-kafka.properties`, readable by the owner only. For the embedded
/// default; production hands them to a secret store.
public final class FileWorkerCredentials implements WorkerCredentials {
  private static final String NAME = "worker-kafka.properties";

  private final Path tenants;

  /// @param data `data.dir`
  public FileWorkerCredentials(Path data) {
    this.tenants = data.resolve("tenants");
  }

  @Override
  public Optional<Map<String, String>> find(String tenant) throws IOException {
    Path file = directory(tenant).resolve(NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    var settings = new HashMap<String, String>();
    properties.forEach((key, value) -> settings.put((String) key, (String) value));
    return Optional.of(settings);
  }

  /// Writes beside and moves, so that a reader never sees half a file; the mode is set when the
  /// file is made, so that nobody reads it in between.
  @Override
  public void store(String tenant, Map<String, String> clientSettings) throws IOException {
    Path directory = directory(tenant);
    Files.createDirectories(directory);
    Path draft = directory.resolve(NAME + ".draft");
    Files.deleteIfExists(draft);
    var properties = new Properties();
    properties.putAll(clientSettings);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(draft, options, mode);
        OutputStream out = Channels.newOutputStream(channel)) {
      properties.store(out, null);
      channel.force(true);
    }
    Files.move(
        draft,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private Path directory(String tenant) {
    return tenants.resolve(Topics.requireTenant(tenant));
  }
}
