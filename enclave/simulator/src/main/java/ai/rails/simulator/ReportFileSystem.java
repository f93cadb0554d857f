package ai.rails.simulator;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/// The kernel's directory of reports, in memory, so that the code that reads evidence on a
/// confidential machine runs unchanged where there is none. A write is answered at once, as the
/// kernel does; files of a disk could not do that.
final class ReportFileSystem extends FileSystem {
  static final String SCHEME = "simulated-tsm";

  private final ReportFiles files;

  ReportFileSystem(Reports reports) {
    this.files = new ReportFiles(this, reports);
  }

  @Override
  public FileSystemProvider provider() {
    return files;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("simulated files last as long as their process");
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(getPath("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic");
  }

  @Override
  public Path getPath(String first, String... more) {
    List<String> names = new ArrayList<>();
    for (String part : (first + "/" + String.join("/", more)).split("/", -1)) {
      if (!part.isEmpty()) {
        names.add(part);
      }
    }
    return new ReportPath(this, names);
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    throw new UnsupportedOperationException("nobody searches simulated files");
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException("simulated files have no owners");
  }

  @Override
  public @Nullable WatchService newWatchService() {
    throw new UnsupportedOperationException("nobody watches simulated files");
  }
}
