package ai.rails.platform.witness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Sha256;

/// What a witness remembers: for each log the note that it cosigned last, a file of its own, and a
/// list of the logs that it ever cosigned, so that a lost file is noticed and not taken for a new
/// log. A note is on the disk, and its name too, when [#put] returns.
///
/// One process at a time; who calls holds the log's lock.
final class WitnessState implements AutoCloseable {
  private static final String KNOWN = "known-logs";

  private final Path directory;
  private final FileChannel lock;
  private final FileChannel known;
  private final Set<String> knownLogs;

  private WitnessState(Path directory, FileChannel lock, FileChannel known, Set<String> knownLogs) {
    this.directory = directory;
    this.lock = lock;
    this.known = known;
    this.knownLogs = knownLogs;
  }

  /// @throws IOException if the directory can not be used, or another witness uses it
  static WitnessState open(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("logs"));
    FileChannel lock =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(lock)) {
      lock.close();
      throw new IOException("another witness uses %s; end it first".formatted(directory));
    }
    Path list = directory.resolve(KNOWN);
    Set<String> logs = ConcurrentHashMap.newKeySet();
    if (Files.exists(list)) {
      try (Stream<String> lines = Files.lines(list)) {
        lines.forEach(logs::add);
      }
    }
    FileChannel known =
        FileChannel.open(list, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return new WitnessState(directory, lock, known, logs);
  }

  /// SHA-256 of the log's origin, in hex: a log's name in addresses and files.
  static String id(String origin) {
    return Sha256.hex(origin.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /// The note that was cosigned last.
  ///
  /// @throws IOException if it can not be read, or was there and is gone
  Optional<Note> get(String id) throws IOException {
    Path file = file(id);
    if (!Files.exists(file)) {
      if (knownLogs.contains(id)) {
        throw new IOException(
            "%s is gone, and this witness has cosigned that log; restore the file".formatted(file));
      }
      return Optional.empty();
    }
    try {
      return Optional.of(Note.parse(Files.readAllBytes(file)));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s is damaged; restore the file".formatted(file), e);
    }
  }

  /// Replaces the note in one step and returns when it is on the disk.
  void put(String id, Note note) throws IOException {
    Path file = file(id);
    Path fresh = directory.resolve("logs").resolve(id + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel, note.bytes());
    }
    boolean first = !knownLogs.contains(id);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel logs = FileChannel.open(directory.resolve("logs"))) {
      logs.force(true);
    }
    if (first) {
      remember(id);
    }
  }

  /// How many logs it has cosigned.
  int logs() {
    return knownLogs.size();
  }

  @Override
  public void close() throws IOException {
    known.close();
    lock.close();
  }

  private synchronized void remember(String id) throws IOException {
    if (knownLogs.add(id)) {
      write(known, (id + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
  }

  private Path file(String id) {
    return directory.resolve("logs").resolve(id);
  }

  private static void write(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }
}
