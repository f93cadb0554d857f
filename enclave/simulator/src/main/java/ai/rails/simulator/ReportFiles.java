package ai.rails.simulator;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import ai.rails.attestation.format.Bytes;

/// The operations on simulated files: make and remove a directory, read a file, write a file. The
/// rest of what file systems can do is refused.
final class ReportFiles extends FileSystemProvider {
  private final ReportFileSystem system;
  private final Reports reports;

  ReportFiles(ReportFileSystem system, Reports reports) {
    this.system = system;
    this.reports = reports;
  }

  @Override
  public String getScheme() {
    return ReportFileSystem.SCHEME;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw refused();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return system;
  }

  @Override
  public Path getPath(URI uri) {
    return system.getPath(uri.getPath());
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    List<String> names = names(path, 2);
    if (options.contains(StandardOpenOption.WRITE)) {
      return new Writing(names);
    }
    return new Reading(reports.read(names.getFirst(), names.getLast()).toArray());
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    reports.create(names(directory, 1).getFirst());
  }

  @Override
  public void delete(Path directory) throws IOException {
    reports.delete(names(directory, 1).getFirst());
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    List<String> names = ((ReportPath) path).names();
    if (!names.isEmpty() && !reports.exists(names.getFirst())) {
      throw new NoSuchFileException(path.toString());
    }
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) {
    throw refused();
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw refused();
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) {
    throw refused();
  }

  @Override
  public boolean isSameFile(Path one, Path other) {
    return one.equals(other);
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw refused();
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return null;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) {
    throw refused();
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
    throw refused();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
    throw refused();
  }

  private static List<String> names(Path path, int depth) throws NoSuchFileException {
    List<String> names = ((ReportPath) path).names();
    if (names.size() != depth) {
      throw new NoSuchFileException(path.toString());
    }
    return names;
  }

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("simulated files do what reading evidence needs");
  }

  /// Each write is one request, as with the kernel.
  private final class Writing extends Channel {
    private final List<String> names;

    Writing(List<String> names) {
      this.names = names;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      byte[] content = new byte[source.remaining()];
      source.get(content);
      reports.write(names.getFirst(), names.getLast(), Bytes.copyOf(content));
      return content.length;
    }
  }

  private static final class Reading extends Channel {
    private final ByteBuffer content;

    Reading(byte[] content) {
      this.content = ByteBuffer.wrap(content);
    }

    @Override
    public int read(ByteBuffer target) {
      if (!content.hasRemaining()) {
        return -1;
      }
      int length = Math.min(target.remaining(), content.remaining());
      target.put(content.slice(content.position(), length));
      content.position(content.position() + length);
      return length;
    }

    @Override
    public long position() {
      return content.position();
    }

    @Override
    public long size() {
      return content.limit();
    }
  }

  /// What both directions refuse.
  private abstract static class Channel implements SeekableByteChannel {
    private boolean open = true;

    @Override
    public int read(ByteBuffer target) throws IOException {
      throw new NonReadableChannelException();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      throw new NonWritableChannelException();
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public SeekableByteChannel position(long position) {
      throw refused();
    }

    @Override
    public long size() {
      return 0;
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw refused();
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
