package ai.rails.platform.evidence;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;

/// Files on their way into an archive. They come in any order and leave in that of their names;
/// contents and index lie in two temporary files, so a million of them need eight bytes of memory
/// each. One thread.
final class Spool implements Closeable {
  private static final int FIXED_BYTES = 4 + 8 + 8 + 32 + 2;
  private static final int DIGEST_AT = 20;
  private static final int LENGTH_AT = 52;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Path contentFile;
  private final Path indexFile;
  private final OutputStream content;
  private final DataOutputStream index;
  private long contentBytes;
  private long indexBytes;
  private long[] places = new long[64];
  private int files;

  Spool(Path directory) throws IOException {
    contentFile = Files.createTempFile(directory, "content", ".spool");
    indexFile = Files.createTempFile(directory, "index", ".spool");
    content = new BufferedOutputStream(Files.newOutputStream(contentFile), 1 << 16);
    index = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(indexFile)));
  }

  /// A file that is there.
  ///
  /// @param sha256 64 hex digits
  record Spooled(String name, long size, int crc, String sha256, long offset) {}

  /// Hears of the files, in the order of their names.
  @FunctionalInterface
  interface Reader {
    void file(Spooled file, InputStream content) throws IOException;
  }

  void put(String name, byte[] bytes) throws IOException {
    try (OutputStream file = open(name)) {
      file.write(bytes);
    }
  }

  /// A file that is written piece by piece; there is none other until it is closed.
  OutputStream open(String name) {
    if (!BagNames.allowed(name)) {
      throw new IllegalArgumentException("a bundle has no file of the name " + name);
    }
    return new OneFile(name);
  }

  int size() {
    return files;
  }

  /// Bytes of all files together.
  long bytes() {
    return contentBytes;
  }

  /// Goes through the files in the order of their names, those that are there now.
  void inOrder(Reader reader) throws IOException {
    content.flush();
    index.flush();
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(indexFile, StandardOpenOption.READ);
        RandomAccessFile contents = new RandomAccessFile(contentFile.toFile(), "r")) {
      MemorySegment records = channel.map(FileChannel.MapMode.READ_ONLY, 0, indexBytes, arena);
      for (long place : sorted(records)) {
        Spooled file = file(records, place);
        contents.seek(file.offset);
        reader.file(
            file,
            new BoundedInput(
                new BufferedInputStream(Channels.newInputStream(contents.getChannel())),
                file.size));
      }
    }
  }

  @Override
  public void close() throws IOException {
    content.close();
    index.close();
    Files.deleteIfExists(contentFile);
    Files.deleteIfExists(indexFile);
  }

  private long[] sorted(MemorySegment records) {
    return Arrays.stream(places, 0, files)
        .boxed()
        .sorted((a, b) -> compare(records, a, b))
        .mapToLong(Long::longValue)
        .toArray();
  }

  private static int compare(MemorySegment records, long a, long b) {
    long mismatch =
        MemorySegment.mismatch(
            records,
            a + FIXED_BYTES,
            a + FIXED_BYTES + length(records, a),
            records,
            b + FIXED_BYTES,
            b + FIXED_BYTES + length(records, b));
    if (mismatch < 0 || mismatch == length(records, a) || mismatch == length(records, b)) {
      return Integer.compare(length(records, a), length(records, b));
    }
    return Byte.compare(
        records.get(ValueLayout.JAVA_BYTE, a + FIXED_BYTES + mismatch),
        records.get(ValueLayout.JAVA_BYTE, b + FIXED_BYTES + mismatch));
  }

  private static int length(MemorySegment records, long place) {
    return records.get(SHORT, place + LENGTH_AT);
  }

  private static Spooled file(MemorySegment records, long place) {
    byte[] name =
        records.asSlice(place + FIXED_BYTES, length(records, place)).toArray(ValueLayout.JAVA_BYTE);
    byte[] digest = records.asSlice(place + DIGEST_AT, 32).toArray(ValueLayout.JAVA_BYTE);
    return new Spooled(
        new String(name, StandardCharsets.US_ASCII),
        records.get(LONG, place + 4),
        records.get(INT, place),
        HexFormat.of().formatHex(digest),
        records.get(LONG, place + 12));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private final class OneFile extends OutputStream {
    private final String name;
    private final CRC32 crc = new CRC32();
    private final MessageDigest digest = sha256();
    private final long offset = contentBytes;
    private long size;
    private boolean closed;

    OneFile(String name) {
      this.name = name;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (contentBytes != offset + size) {
        throw new IllegalStateException("another file was begun before %s ended".formatted(name));
      }
      content.write(bytes, from, length);
      crc.update(bytes, from, length);
      digest.update(bytes, from, length);
      size += length;
      contentBytes += length;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      if (files == places.length) {
        places = Arrays.copyOf(places, files * 2);
      }
      places[files++] = indexBytes;
      byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
      index.writeInt((int) crc.getValue());
      index.writeLong(size);
      index.writeLong(offset);
      index.write(digest.digest());
      index.writeShort(nameBytes.length);
      index.write(nameBytes);
      indexBytes += FIXED_BYTES + nameBytes.length;
    }
  }
}
