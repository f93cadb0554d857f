package ai.rails.simulator;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// A path in the simulated directory: the directory itself, a request in it, or a file of that.
record ReportPath(ReportFileSystem system, List<String> names) implements Path {
  ReportPath {
    names = List.copyOf(names);
  }

  @Override
  public FileSystem getFileSystem() {
    return system;
  }

  @Override
  public boolean isAbsolute() {
    return true;
  }

  @Override
  public Path getRoot() {
    return new ReportPath(system, List.of());
  }

  @Override
  public @Nullable Path getFileName() {
    return names.isEmpty() ? null : new ReportPath(system, List.of(names.getLast()));
  }

  @Override
  public @Nullable Path getParent() {
    return names.isEmpty() ? null : subpath(0, names.size() - 1);
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public Path getName(int index) {
    return new ReportPath(system, List.of(names.get(index)));
  }

  @Override
  public Path subpath(int from, int to) {
    return new ReportPath(system, names.subList(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof ReportPath path
        && path.names.size() <= names.size()
        && names.subList(0, path.names.size()).equals(path.names);
  }

  @Override
  public boolean endsWith(Path other) {
    return other instanceof ReportPath path
        && path.names.size() <= names.size()
        && names.subList(names.size() - path.names.size(), names.size()).equals(path.names);
  }

  @Override
  public Path normalize() {
    return this;
  }

  @Override
  public Path resolve(Path other) {
    List<String> all = new ArrayList<>(names);
    all.addAll(((ReportPath) other).names);
    return new ReportPath(system, all);
  }

  @Override
  public Path relativize(Path other) {
    throw new UnsupportedOperationException("every simulated path is absolute");
  }

  @Override
  public URI toUri() {
    return URI.create(ReportFileSystem.SCHEME + ":/" + String.join("/", names));
  }

  @Override
  public Path toAbsolutePath() {
    return this;
  }

  @Override
  public Path toRealPath(LinkOption... options) {
    return this;
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("nobody watches simulated files");
  }

  @Override
  public int compareTo(Path other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ReportPath path && system == path.system && names.equals(path.names);
  }

  @Override
  public int hashCode() {
    return Objects.hash(System.identityHashCode(system), names);
  }

  @Override
  public String toString() {
    return "/" + String.join("/", names);
  }
}
