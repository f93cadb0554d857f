package ai.rails.platform.evidence;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/// The files of an opened bundle, and which of them have been accounted for. One thread.
final class Bundle implements Closeable {
  private static final int CHUNK = 1 << 20;

  private final ZipReader zip;
  private final BitSet accounted = new BitSet();

  private Bundle(ZipReader zip) {
    this.zip = zip;
  }

  /// @throws Refused if the archive is not one of a bundle
  static Bundle open(Path file) throws IOException {
    return new Bundle(ZipReader.open(file));
  }

  /// The id that the directory's name gives.
  String id() {
    return zip.directory().substring("evidence-".length());
  }

  int files() {
    return zip.files();
  }

  String path(int file) {
    return zip.path(file);
  }

  boolean has(String path) {
    return zip.find(path).isPresent();
  }

  long size(int file) {
    return zip.content(file).byteSize();
  }

  /// SHA-256, 64 hex digits.
  String sha256(int file) {
    MessageDigest digest = digest();
    MemorySegment content = zip.content(file);
    for (long from = 0; from < content.byteSize(); from += CHUNK) {
      ByteBuffer chunk =
          content.asSlice(from, Math.min(CHUNK, content.byteSize() - from)).asByteBuffer();
      digest.update(chunk);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// SHA-256 of a file that may not be there.
  Optional<String> sha256(String path) {
    return zip.find(path).map(this::sha256);
  }

  /// A file's bytes; it is accounted for with this.
  ///
  /// @throws Refused if it is missing, or larger
  byte[] read(String path, int bytesMax) {
    int file = zip.find(path).orElseThrow(() -> new Refused(path, "the file is missing"));
    MemorySegment content = zip.content(file);
    Refused.unless(
        content.byteSize() <= bytesMax,
        path,
        "the file has %d bytes; at most %d are allowed".formatted(content.byteSize(), bytesMax));
    accounted.set(file);
    return content.toArray(ValueLayout.JAVA_BYTE);
  }

  Optional<byte[]> maybe(String path, int bytesMax) {
    return has(path) ? Optional.of(read(path, bytesMax)) : Optional.empty();
  }

  /// Whether a file has exactly these bytes; it is accounted for with this.
  ///
  /// @throws Refused if it is missing
  boolean same(String path, byte[] expected) {
    int file = zip.find(path).orElseThrow(() -> new Refused(path, "the file is missing"));
    accounted.set(file);
    return MemorySegment.ofArray(expected).mismatch(zip.content(file)) < 0;
  }

  /// The lines of a file, without their newlines; it is accounted for with this.
  ///
  /// @throws Refused if it is missing; the iterator throws it at a line that is too long, and if
  ///   the last one has no newline
  Iterator<byte[]> lines(String path, int bytesMax) {
    int file = zip.find(path).orElseThrow(() -> new Refused(path, "the file is missing"));
    accounted.set(file);
    return new Lines(path, zip.content(file), bytesMax);
  }

  /// A payload file that nothing has accounted for.
  Optional<String> unaccounted() {
    for (int file = accounted.nextClearBit(0); file < files(); ) {
      String path = path(file);
      if (path.startsWith(BagNames.DATA)) {
        return Optional.of(path);
      }
      file = accounted.nextClearBit(file + 1);
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    zip.close();
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static final class Lines implements Iterator<byte[]> {
    private final String path;
    private final MemorySegment content;
    private final int bytesMax;
    private long at;
    private long line;

    Lines(String path, MemorySegment content, int bytesMax) {
      this.path = path;
      this.content = content;
      this.bytesMax = bytesMax;
    }

    @Override
    public boolean hasNext() {
      return at < content.byteSize();
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      line++;
      long end = at;
      while (end < content.byteSize()
          && end - at <= bytesMax
          && content.get(ValueLayout.JAVA_BYTE, end) != '\n') {
        end++;
      }
      Refused.unless(
          end < content.byteSize() && end - at <= bytesMax,
          path,
          "line %d is longer than %d bytes, or does not end with a newline"
              .formatted(line, bytesMax));
      byte[] bytes = content.asSlice(at, end - at).toArray(ValueLayout.JAVA_BYTE);
      at = end + 1;
      return bytes;
    }
  }
}
