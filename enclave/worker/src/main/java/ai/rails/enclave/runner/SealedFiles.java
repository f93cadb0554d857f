package ai.rails.enclave.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;

import ai.rails.platform.keys.ContentKey;

/// Files of a directory, each sealed under its own name, written whole and forced to the disk: a
/// crash leaves the old content or the new. The directory is one process's until that closes it or
/// ends.
final class SealedFiles implements AutoCloseable {
  private static final String LOCK = "lock";

  private final Path directory;
  private final ContentKey key;
  private final FileChannel lock;

  /// @throws IOException if another process has the directory
  SealedFiles(Path directory, ContentKey key) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.key = key;
    this.lock = locked(directory);
  }

  private static FileChannel locked(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException _) {
      // Somebody else in this very process has it.
    }
    channel.close();
    throw new IOException(
        "%s is in use by another process; give each runner a data.dir of its own"
            .formatted(directory));
  }

  /// Names that end so.
  List<String> names(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(each -> String.valueOf(each.getFileName()))
          .filter(name -> name.endsWith(suffix))
          .sorted()
          .toList();
    }
  }

  boolean exists(String name) {
    return Files.exists(directory.resolve(name));
  }

  /// Ends what it has begun also when its thread is interrupted.
  ///
  /// @return how long the file is
  long write(String name, byte[] plain) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return written(name, key.seal(plain, info(name)));
        } catch (ClosedByInterruptException _) {
          interrupted = true;
          boolean _ = Thread.interrupted();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep " + directory.resolve(name), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the spool's key can not seal", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private long written(String name, byte[] sealed) throws IOException {
    Path fresh = directory.resolve(name + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(sealed);
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        fresh,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
      parent.force(true);
    }
    return sealed.length;
  }

  /// @throws IllegalStateException if the file does not open under this key and name
  byte[] read(String name) {
    Path file = directory.resolve(name);
    try {
      return key.open(Files.readAllBytes(file), info(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "%s does not open with runner.key.file: it was altered, or is another runner's; move it"
                  .formatted(file)
              + " away to start without it",
          e);
    }
  }

  void delete(String name) {
    try {
      boolean _ = Files.deleteIfExists(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory.resolve(name), e);
    }
  }

  /// From now on another process may have the directory.
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static String info(String name) {
    return "airails|1|spool|" + name;
  }
}
