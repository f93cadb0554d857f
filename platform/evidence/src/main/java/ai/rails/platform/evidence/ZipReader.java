package ai.rails.platform.evidence;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// Opens a bundle's archive and accepts the one form that [ZipWriter] gives it: for every byte
/// there is one value that it can have, given the files. What other readers may differ about
/// (duplicates, descriptors, attributes, gaps, comments, what is in front or behind) is refused.
///
/// The file is mapped; eight bytes of memory are used for each file in it. One thread.
final class ZipReader implements Closeable {
  static final int FILES_MAX = 4_000_000;

  private static final int NAME_MAX = 400;
  private static final Pattern DIRECTORY = Pattern.compile("evidence-[a-z0-9_][a-z0-9_-]{0,199}");
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int FLAG_ENCRYPTED = 1;
  private static final int FLAG_DESCRIPTOR = 8;

  private final Arena arena;
  private final MemorySegment bytes;
  private final String directory;
  private final long[] records;
  private final long[] contents;

  private ZipReader(
      Arena arena, MemorySegment bytes, String directory, long[] records, long[] contents) {
    this.arena = arena;
    this.bytes = bytes;
    this.directory = directory;
    this.records = records;
    this.contents = contents;
  }

  /// @throws Refused saying what is wrong with the archive
  static ZipReader open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new Walk(arena, bytes).reader();
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// The one directory that everything lies in.
  String directory() {
    return directory;
  }

  int files() {
    return records.length;
  }

  /// Path in the bundle, without the directory.
  String path(int file) {
    long record = records[file];
    int skip = directory.length() + 1;
    return ascii(
        bytes,
        record + ZipFormat.CENTRAL_BYTES + skip,
        Short.toUnsignedInt(bytes.get(SHORT, record + 28)) - skip);
  }

  MemorySegment content(int file) {
    long size = Integer.toUnsignedLong(bytes.get(INT, records[file] + 24));
    return bytes.asSlice(contents[file], size);
  }

  /// The number of a file; names are in order, so this takes logarithmic time.
  Optional<Integer> find(String path) {
    int low = 0;
    int high = records.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = path(middle).compareTo(path);
      if (order == 0) {
        return Optional.of(middle);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    arena.close();
  }

  private static String ascii(MemorySegment bytes, long from, int length) {
    return new String(
        bytes.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }

  /// Goes through the archive once, from its first to its last byte.
  private static final class Walk {
    private final Arena arena;
    private final MemorySegment bytes;
    private long directoryAt;
    private long at;
    private String directory = "";

    Walk(Arena arena, MemorySegment bytes) {
      this.arena = arena;
      this.bytes = bytes;
    }

    ZipReader reader() {
      int files = end();
      var records = new long[files];
      var contents = new long[files];
      var folded = new long[files];
      long record = directoryAt;
      String previous = "";
      for (int file = 0; file < files; file++) {
        records[file] = record;
        String name = name(record);
        order(previous, name);
        contents[file] = file(record, name);
        folded[file] = fold(name);
        record += ZipFormat.CENTRAL_BYTES + name.length() + extra(record);
        previous = name;
      }
      Refused.unless(
          at == directoryAt && record == bytes.byteSize() - end(files, record).length,
          "",
          "the archive has bytes between its files and its directory, or behind it");
      Arrays.sort(folded);
      for (int i = 1; i < files; i++) {
        Refused.unless(
            folded[i] != folded[i - 1], "", "two names in the archive differ by case only");
      }
      return new ZipReader(arena, bytes, directory, records, contents);
    }

    /// Reads what ends the archive. @return how many files there are
    private int end() {
      long size = bytes.byteSize();
      long end = size - ZipFormat.END_BYTES;
      Refused.unless(
          end >= 0 && bytes.get(INT, end) == ZipFormat.END_MARK,
          "",
          "the archive is cut off, or has a comment or bytes behind its end");
      long files = Short.toUnsignedLong(bytes.get(SHORT, end + 10));
      directoryAt = Integer.toUnsignedLong(bytes.get(INT, end + 16));
      long end64 = end - ZipFormat.LOCATOR_BYTES - ZipFormat.END64_BYTES;
      boolean large = files == 0xFFFF || directoryAt == 0xFFFF_FFFFL;
      if (large && end64 >= 0) {
        files = bytes.get(LONG, end64 + 32);
        directoryAt = bytes.get(LONG, end64 + 48);
      }
      Refused.unless(
          files > 0 && files <= FILES_MAX,
          "",
          "the archive says to have %d files; a bundle has 1 to %d".formatted(files, FILES_MAX));
      Refused.unless(
          directoryAt >= 0 && directoryAt < end,
          "",
          "the archive's directory does not lie in the archive");
      return (int) files;
    }

    /// @return the records that must end the archive
    private byte[] end(long files, long directoryEnd) {
      byte[] expected = ZipFormat.end(files, directoryEnd - directoryAt, directoryAt);
      Refused.unless(
          matches(expected, bytes.byteSize() - expected.length),
          "",
          "the records that end the archive contradict its directory, or have a comment");
      return expected;
    }

    private String name(long record) {
      Refused.unless(
          record + ZipFormat.CENTRAL_BYTES <= bytes.byteSize()
              && bytes.get(INT, record) == ZipFormat.CENTRAL_MARK,
          "",
          "the archive's directory has fewer records than it says");
      int length = Short.toUnsignedInt(bytes.get(SHORT, record + 28));
      Refused.unless(
          length <= NAME_MAX
              && record + ZipFormat.CENTRAL_BYTES + length + extra(record) <= bytes.byteSize(),
          "",
          "a name in the archive is longer than %d characters, or cut off".formatted(NAME_MAX));
      String name = ascii(bytes, record + ZipFormat.CENTRAL_BYTES, length);
      int slash = name.indexOf('/');
      if (directory.isEmpty()
          && slash > 0
          && DIRECTORY.matcher(name.substring(0, slash)).matches()) {
        directory = name.substring(0, slash);
      }
      String shown = printable(name);
      BagNames.refusal(name)
          .ifPresent(reason -> {
            throw new Refused(shown, reason);
          });
      Refused.unless(
          slash > 0 && name.substring(0, slash).equals(directory),
          shown,
          "it does not lie in the one directory evidence-<id> that a bundle has");
      return name;
    }

    private static void order(String previous, String name) {
      int order = previous.compareTo(name);
      Refused.unless(order != 0, name, "the name is in the archive twice");
      Refused.unless(order < 0, name, "the names in the archive are not in order");
    }

    private int extra(long record) {
      return Short.toUnsignedInt(bytes.get(SHORT, record + 30));
    }

    /// Checks a file's records and content. @return where its content begins
    private long file(long record, String name) {
      simple(record, name);
      int crc = bytes.get(INT, record + 16);
      long size = Integer.toUnsignedLong(bytes.get(INT, record + 24));
      byte[] nameBytes = name.getBytes(StandardCharsets.ISO_8859_1);
      byte[] local = ZipFormat.local(nameBytes, size, crc);
      long content = at + local.length;
      Refused.unless(
          size <= ZipFormat.FILE_BYTES_MAX && content + size <= directoryAt,
          name,
          "its content does not lie where the file before it ends");
      Refused.unless(
          matches(ZipFormat.central(nameBytes, size, crc, at), record),
          name,
          "its record in the directory is not in the one form that a bundle has");
      Refused.unless(
          matches(local, at), name, "its record in front contradicts that in the directory");
      var check = new CRC32();
      check.update(bytes.asSlice(content, size).asByteBuffer());
      Refused.unless((int) check.getValue() == crc, name, "its content does not have its CRC-32");
      at = content + size;
      return content;
    }

    /// Reasons that deserve their names.
    private void simple(long record, String name) {
      int flags = bytes.get(SHORT, record + 8);
      Refused.unless((flags & FLAG_ENCRYPTED) == 0, name, "it is encrypted");
      Refused.unless((flags & FLAG_DESCRIPTOR) == 0, name, "it has a descriptor behind its data");
      Refused.unless(
          bytes.get(SHORT, record + 10) == 0,
          name,
          "it is compressed; a bundle's files are stored, so that nothing can swell");
      Refused.unless(
          bytes.get(INT, record + 38) == 0 && bytes.get(SHORT, record + 36) == 0,
          name,
          "it has attributes, as a symbolic link has");
      Refused.unless(bytes.get(SHORT, record + 32) == 0, name, "it has a comment");
    }

    private boolean matches(byte[] expected, long from) {
      return from >= 0
          && from + expected.length <= bytes.byteSize()
          && MemorySegment.ofArray(expected).mismatch(bytes.asSlice(from, expected.length)) < 0;
    }

    /// FNV-1a of the name in lower case: names that differ by case only have the same.
    private static long fold(String name) {
      long hash = 0xcbf29ce484222325L;
      for (byte b : name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1)) {
        hash = (hash ^ b) * 0x100000001b3L;
      }
      return hash;
    }

    private static String printable(String name) {
      return name.replaceAll("[^ -~]", "?");
    }
  }
}
