package ai.rails.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Unavailable;

/// One launcher a data directory. The kernel gives the lock back when its holder dies; the pid
/// beside it tells the refused one, `rails status` and `rails down` who that is.
final class LauncherLock implements AutoCloseable {
  private final FileChannel channel;
  private final Path record;

  private LauncherLock(FileChannel channel, Path record) {
    this.channel = channel;
    this.record = record;
  }

  static LauncherLock take(DataDirectory data) {
    try {
      FileChannel channel =
          FileChannel.open(data.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        String holder = holder(data).map(process -> "pid " + process.pid()).orElse("unknown pid");
        throw new Unavailable(
            "another launcher (%s) runs on %s; end it with: rails down --data %s"
                .formatted(holder, data.root(), data.root()));
      }
      ProcessIdentity.of(ProcessHandle.current()).record(data.launcher());
      return new LauncherLock(channel, data.launcher());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + data.lock(), e);
    }
  }

  /// The launcher that runs on this directory, if one does.
  static Optional<ProcessIdentity> holder(DataDirectory data) {
    return ProcessIdentity.read(data.launcher()).filter(process -> process.alive().isPresent());
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(record);
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release the launcher's lock", e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false; // held by this very process
    }
  }
}
