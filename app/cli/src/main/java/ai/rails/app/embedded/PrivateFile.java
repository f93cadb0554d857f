package ai.rails.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Files that only their owner may read, replaced in one step so that a crash leaves the old or the
/// new content and never half of one.
public final class PrivateFile {
  private static final FileAttribute<Set<PosixFilePermission>> FILE = permissions("rw-------");
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY = permissions("rwx------");

  private PrivateFile() {}

  public static void write(Path file, String content) {
    write(file, content.getBytes(UTF_8));
  }

  public static void write(Path file, byte[] content) {
    try {
      directory(parent(file));
      Path fresh = Files.createTempFile(parent(file), "." + file.getFileName(), ".new", FILE);
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /// Makes the directory, its parents too, closed to others; one that exists is left as it is.
  public static Path directory(Path directory) {
    try {
      return Files.createDirectories(directory, DIRECTORY);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the directory " + directory, e);
    }
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalStateException(file + " has no parent directory");
    }
    return parent;
  }

  private static FileAttribute<Set<PosixFilePermission>> permissions(String text) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
  }
}
