package ai.rails.platform.evidence;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes a zip archive in which the files alone decide about every byte: stored, not compressed;
/// fixed times; no extra fields; no descriptors after the data. Compression would let other bytes
/// stand for the same files, and archives swell when opened.
///
/// The directory that ends an archive is kept in a file until then. One thread; the caller deletes
/// the file and closes the stream.
final class ZipWriter {
  private final OutputStream out;
  private final Path directoryFile;
  private final OutputStream directory;
  private long written;
  private long directoryBytes;
  private long files;

  ZipWriter(OutputStream out, Path directoryFile) throws IOException {
    this.out = out;
    this.directoryFile = directoryFile;
    this.directory = new BufferedOutputStream(Files.newOutputStream(directoryFile));
  }

  /// Begins a file; exactly `size` bytes follow by [#content(byte[], int)].
  ///
  /// @param name ASCII
  void file(String name, long size, int crc) throws IOException {
    if (size > ZipFormat.FILE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "%s has %d bytes; a file of a bundle has at most %d"
              .formatted(name, size, ZipFormat.FILE_BYTES_MAX));
    }
    byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
    byte[] central = ZipFormat.central(nameBytes, size, crc, written);
    directory.write(central);
    directoryBytes += central.length;
    files++;
    write(ZipFormat.local(nameBytes, size, crc));
  }

  void content(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    written += length;
  }

  /// Writes the directory.
  ///
  /// @return bytes of the whole archive
  long finish() throws IOException {
    directory.close();
    Files.copy(directoryFile, out);
    long start = written;
    written += directoryBytes;
    write(ZipFormat.end(files, directoryBytes, start));
    out.flush();
    return written;
  }

  private void write(byte[] bytes) throws IOException {
    content(bytes, bytes.length);
  }
}
